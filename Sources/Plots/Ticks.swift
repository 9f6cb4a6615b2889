import Foundation

/// Multiples of 1, 2 or 5 times a power of ten, from at or below the bounds to at or above them.
struct LinearTicks {
    let ticks: [AxisScale.Tick]

    init(_ bounds: ClosedRange<Double>, count: Int) {
        let step = Self.step(
            atLeast: (bounds.upperBound - bounds.lowerBound) / Double(max(count, 1)))
        // With some slack, so that 0.3 / 0.1 is no reason for one tick more.
        let first = (bounds.lowerBound / step + 1e-9).rounded(.down)
        let last = (bounds.upperBound / step - 1e-9).rounded(.up)
        let values = stride(from: first, through: last, by: 1).map { $0 * step }
        let largest = values.map { abs($0) }.max() ?? 0
        ticks = values.map {
            .init(value: $0, label: tickLabel($0, step: step, largest: largest))
        }
    }

    private static func step(atLeast width: Double) -> Double {
        let power = pow(10, log10(width).rounded(.down))
        let factor = [1, 2, 5, 10].first { $0 * power >= width * (1 - 1e-9) } ?? 10
        return factor * power
    }
}

/// Powers of ten; with 2 and 5 times them where there are few, every second or third where many.
struct LogTicks {
    let ticks: [AxisScale.Tick]

    /// - Parameter bounds: logarithms to base 10.
    init(_ bounds: ClosedRange<Double>, count: Int) {
        let decades = bounds.upperBound - bounds.lowerBound
        let factors: [Double] = decades <= Double(count) / 2 ? [1, 2, 5] : [1]
        let every = max(1, Int((decades / Double(max(count, 1))).rounded(.up)))
        let powers = stride(
            from: Int(bounds.lowerBound.rounded(.down)),
            through: Int(bounds.upperBound.rounded(.up)) + every - 1, by: every)
        let values = powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
        let start = values.last { log10($0) <= bounds.lowerBound + 1e-9 } ?? values.first
        let end = values.first { log10($0) >= bounds.upperBound - 1e-9 } ?? values.last
        let shown = values.filter { $0 >= start ?? $0 && $0 <= end ?? $0 }
        // With an exponent where there would be many zeros: all of an axis, or none.
        let isLong = shown.contains { !(0.9e-4..<0.9e12).contains($0) }
        ticks = shown.map { value in
            let label =
                isLong
                ? String(format: "%.0e", value) : tickLabel(value, step: value, largest: value)
            return .init(value: value, label: label)
        }
    }
}

/// With as many digits as tell neighbours apart; in thousands (k), millions (M) or milliards (G)
/// where the largest has five digits or more.
private func tickLabel(_ value: Double, step: Double, largest: Double) -> String {
    let units: [(Double, String)] = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
    let (unit, suffix) =
        largest < 9_999.5 ? (1, "") : units.first { largest >= $0.0 * 0.9999 } ?? (1, "")
    let power = Int(log10(step / unit * (1 + 1e-9)).rounded(.down))
    let number = String(format: "%.\(max(0, -power))f", value / unit)
    return number == "-0" ? "0" : number + (value == 0 ? "" : suffix)
}
