import Foundation

/// With so many digits after the point, whatever the locale.
func decimal(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// With four significant digits: what a pointer on a marker shows.
func shortNumber(_ value: Double) -> String { String(format: "%.4g", value) }
