internal import Kernels
internal import Model

/// How often a gate is saturated (Karpathy, Johnson and Fei-Fei 2015, section 4.2): closed below
/// 0.1 and open above 0.9 of its range. A ReLU is closed at 0, where it passes no gradient, and
/// never open.
package struct GateSaturation: Sendable, Equatable {
    package let layer: Int
    /// The name in the literature: input, forget, cell, output; reset, update, new; hidden.
    package let gate: String
    /// The fractions of its values, over all units and tokens, that are closed and open.
    package let closed: Double
    package let open: Double
    /// The fractions of units that are closed, or open, for at least 90% of the tokens.
    package let alwaysClosed: Double
    package let alwaysOpen: Double
}

extension UnrolledNetwork {
    /// The gates of the forward direction of each layer, over the latest mini-batch.
    package func gateSaturation(_ shape: BatchShape) -> [GateSaturation] {
        layers.flatMap { layer in
            gateNames.enumerated().map { index, gate in
                saturation(layer, index, gate, shape)
            }
        }
    }

    private typealias Gate = (name: String, function: GateFunction)

    private var gateNames: [Gate] {
        switch config.recurrentCell {
        case .lstm:
            [("input", .sigmoid), ("forget", .sigmoid), ("cell", .tanh), ("output", .sigmoid)]
        case .gruResetAfter, .gruResetBefore:
            [("reset", .sigmoid), ("update", .sigmoid), ("new", .tanh)]
        case .rnnTanh: [("hidden", .tanh)]
        case .rnnReLU: [("hidden", .relu)]
        }
    }

    private func saturation(
        _ layer: UnrolledLayer<Scalar>, _ index: Int, _ gate: Gate, _ shape: BatchShape
    ) -> GateSaturation {
        let direction = layer.directions[0]
        let ends = gate.function.ends
        let (low, high) = (Scalar(ends.low), Scalar(ends.high))
        var closed = Array(repeating: 0, count: config.hiddenSize)
        var open = closed
        for row in 0..<shape.rows {
            let values = direction.gates.row(row).block(index, of: direction.size)
            for unit in 0..<config.hiddenSize {
                if values[unit] <= low { closed[unit] += 1 }
                if values[unit] >= high { open[unit] += 1 }
            }
        }
        func part(_ counts: [Int]) -> Double {
            Double(counts.reduce(0, +)) / Double(counts.count * shape.rows)
        }
        func always(_ counts: [Int]) -> Double {
            Double(counts.count { Double($0) >= 0.9 * Double(shape.rows) }) / Double(counts.count)
        }
        return GateSaturation(
            layer: layer.index, gate: gate.name, closed: part(closed), open: part(open),
            alwaysClosed: always(closed), alwaysOpen: always(open))
    }
}

private enum GateFunction {
    case sigmoid, tanh, relu

    /// The upper bound of closed values and the lower bound of open values.
    var ends: (low: Double, high: Double) {
        switch self {
        case .sigmoid: (0.1, 0.9)
        case .tanh: (-0.8, 0.8)
        case .relu: (0, .infinity)
        }
    }
}
