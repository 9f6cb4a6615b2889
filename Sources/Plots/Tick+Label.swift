import Foundation

extension AxisScale.Tick {
    /// The label, with as many digits as distinguish neighbours; in thousands (k), millions (M) or
    /// billions (G) if the largest has five digits or more.
    static func label(_ value: Double, step: Double, largest: Double) -> String {
        let units: [(Double, String)] = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
        let (unit, suffix) =
            largest < 9_999.5 ? (1, "") : units.first { largest >= $0.0 * 0.9999 } ?? (1, "")
        let power = Int(log10(step / unit * (1 + 1e-9)).rounded(.down))
        let number = String(format: "%.\(max(0, -power))f", value / unit)
        return number == "-0" ? "0" : number + (value == 0 ? "" : suffix)
    }
}
