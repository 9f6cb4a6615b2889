import Foundation

extension Double {
    /// The number with `digits` decimals, independent of the locale.
    func decimal(digits: Int) -> String { String(format: "%.\(digits)f", self) }

    /// The number with four significant digits, for tooltips.
    var shortText: String { String(format: "%.4g", self) }
}
