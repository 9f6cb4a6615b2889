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
            .init(value: $0, label: AxisScale.Tick.label($0, step: step, largest: largest))
        }
    }

    private static func step(atLeast width: Double) -> Double {
        let power = pow(10, log10(width).rounded(.down))
        let factor = [1, 2, 5, 10].first { $0 * power >= width * (1 - 1e-9) } ?? 10
        return factor * power
    }
}
