import Foundation

/// The number with `digits` decimals, independent of the locale.
func decimal(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// The number with four significant digits, for tooltips.
func shortNumber(_ value: Double) -> String { String(format: "%.4g", value) }
