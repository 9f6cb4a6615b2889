import Foundation

/// Ticks at multiples of 1, 2 or 5 times a power of ten, which enclose the bounds.
struct LinearTicks {
    let ticks: [AxisScale.Tick]

    init(_ bounds: ClosedRange<Double>, count: Int) {
        let step = Self.step(
            atLeast: (bounds.upperBound - bounds.lowerBound) / Double(max(count, 1)))
        // With a tolerance, so that rounding, as in 0.3 / 0.1, does not add a tick.
        let first = (bounds.lowerBound / step + 1e-9).rounded(.down)
        let last = (bounds.upperBound / step - 1e-9).rounded(.up)
        let values = stride(from: first, through: last, by: 1).map { $0 * step }
        let largest = values.map { abs($0) }.max() ?? 0
        ticks = values.map {
            .init(value: $0, label: AxisScale.Tick.label($0, step: step, largest: largest))
        }
    }

    private static func step(atLeast width: Double) -> Double {
        let power = pow(10, log10(width).rounded(.down))
        let factor = [1, 2, 5, 10].first { $0 * power >= width * (1 - 1e-9) } ?? 10
        return factor * power
    }
}
