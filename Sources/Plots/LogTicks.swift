import Foundation

/// Ticks at powers of ten; also at 2 and 5 times them if there are few, at every second or third if
/// there are many.
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
        // All labels of an axis have exponents if some would have many zeros.
        let isLong = shown.contains { !(0.9e-4..<0.9e12).contains($0) }
        ticks = shown.map { value in
            let label =
                isLong
                ? String(format: "%.0e", value)
                : AxisScale.Tick.label(value, step: value, largest: value)
            return .init(value: value, label: label)
        }
    }
}
