import Foundation

/// The positions of numbers on an axis, from 0 to 1, and its ticks.
struct AxisScale {
    struct Tick: Equatable {
        let value: Double
        let label: String
    }

    let ticks: [Tick]
    private let scale: Axis.Scale
    /// The bounds of the axis; on a logarithmic axis, of the logarithms.
    private let bounds: ClosedRange<Double>

    /// - Parameters:
    ///   - values: the values to show. Those without a position on the axis are ignored.
    ///   - count: the approximate number of ticks.
    init(_ axis: Axis, values: some Sequence<Double>, ticks count: Int) {
        scale = axis.scale
        let placed = values.compactMap { Self.placed($0, axis.scale) }
        var bounds = Self.bounds(of: placed, axis.scale)
        if let range = axis.range, let lower = Self.placed(range.lowerBound, axis.scale),
            let upper = Self.placed(range.upperBound, axis.scale), lower < upper
        {
            bounds = lower...upper
        }
        let ticks: [Tick]
        switch axis.scale {
        case .linear: ticks = LinearTicks(bounds, count: count).ticks
        case .log: ticks = LogTicks(bounds, count: count).ticks
        }
        if axis.range == nil {
            let ends = ticks.map { Self.placed($0.value, axis.scale) ?? bounds.lowerBound }
            bounds =
                min(
                    bounds.lowerBound, ends.first ?? bounds.lowerBound)...max(
                    bounds.upperBound, ends.last ?? bounds.upperBound)
        }
        self.bounds = bounds
        self.ticks = ticks.filter { tick in
            Self.placed(tick.value, axis.scale).map { Self.covers(bounds, $0) } ?? false
        }
    }

    /// The position along the axis: 0 to 1 inside the range, other numbers outside; nil if there is
    /// none.
    func position(of value: Double) -> Double? {
        Self.placed(value, scale).map {
            ($0 - bounds.lowerBound) / (bounds.upperBound - bounds.lowerBound)
        }
    }

    private static func placed(_ value: Double, _ scale: Axis.Scale) -> Double? {
        guard value.isFinite else { return nil }
        switch scale {
        case .linear: return value
        case .log: return value > 0 ? log10(value) : nil
        }
    }

    /// The range of the values, never empty, so that a single number is in the middle.
    private static func bounds(of values: [Double], _ scale: Axis.Scale) -> ClosedRange<Double> {
        guard let lower = values.min(), let upper = values.max() else { return 0...1 }
        if lower < upper { return lower...upper }
        let margin = scale == .log || lower == 0 ? 0.5 : abs(lower) / 2
        return lower - margin...upper + margin
    }

    private static func covers(_ bounds: ClosedRange<Double>, _ value: Double) -> Bool {
        let slack = (bounds.upperBound - bounds.lowerBound) * 1e-9
        return value >= bounds.lowerBound - slack && value <= bounds.upperBound + slack
    }
}
