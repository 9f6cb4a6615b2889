import Engine
package import Kernels
package import Model
import Replay

/// The shares of a gate's units that are almost closed and almost open.
package struct Saturation: Equatable, Sendable {
    /// The shares of units below 0.1 and above 0.9, by absolute value.
    package let low: Double
    package let high: Double
    package var share: Double { low + high }

    package init(of gate: [Float]) {
        let count = Double(max(1, gate.count))
        low = Double(gate.count { abs($0) < 0.1 }) / count
        high = Double(gate.count { abs($0) > 0.9 }) / count
    }
}

/// Computes the gates at a point, and keeps them for the next call at the same point.
package final class GateReader {
    private let runner: GateRunner
    /// The gates computed at the last point, by layer.
    private var latest: (point: SessionPoint, layers: [Int: [[Float]]])?

    /// - Throws: `ModelError` where there is no memory.
    package init(_ model: Model, kernels: Kernels) throws(ModelError) {
        runner = try GateRunner(model, kernels: kernels)
    }

    /// `[G][H]`: i, f, g, o of an LSTM, r, z, n of a GRU. Nil where no token was read, where the
    /// network has no gates, and if there is no memory for the states of another model.
    package func gates(at point: SessionPoint, layer: Int) -> [[Float]]? {
        guard let token = point.token, !point.model.config.cell.gateNames.isEmpty,
            (try? show(point)) != nil
        else { return nil }
        if let gates = latest?.layers[layer] { return gates }
        let gates = runner.gates(layer: layer, token: token.id)
        latest?.layers[layer] = gates
        return gates
    }

    private func show(_ point: SessionPoint) throws(ModelError) {
        if let latest, latest.point.position == point.position,
            latest.point.model === point.model, latest.point.before == point.before
        {
            return
        }
        latest = nil
        try runner.show(before: point.before, after: point.values, of: point.model)
        latest = (point, [:])
    }
}
