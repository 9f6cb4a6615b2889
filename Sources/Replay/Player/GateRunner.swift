import Engine
package import Kernels
package import Model

/// Computes the gates at a token from the states before and after it.
package final class GateRunner {
    private let kernels: Kernels
    private var model: Model
    private var runner: NetworkRunner
    private var states: StateSlab

    private static let before: Int32 = 0
    private static let after: Int32 = 1

    /// - Throws: `ModelError` where there is no memory.
    package init(_ model: Model, kernels: Kernels) throws(ModelError) {
        self.model = model
        self.kernels = kernels
        runner = NetworkRunner(network: model.network, kernels: kernels, maxBatch: 1)
        states = try StateSlab(layout: model.network.stateLayout, capacity: 2)
    }

    /// Sets the states that `gates` reads: h0, c0, h1, c1, … each.
    ///
    /// - Throws: `ModelError` where there is no memory for another model's states.
    package func show(before: [Float], after: [Float], of model: Model) throws(ModelError) {
        if model !== self.model {
            states = try StateSlab(layout: model.network.stateLayout, capacity: 2)
            runner = NetworkRunner(network: model.network, kernels: kernels, maxBatch: 1)
            self.model = model
        }
        show(before: before, after: after)
    }

    /// The same for states of the same model.
    package func show(before: [Float], after: [Float]) {
        states.setValues(before, slot: Self.before)
        states.setValues(after, slot: Self.after)
    }

    /// `[G][H]`: i, f, g, o of an LSTM, r, z, n of a GRU; none of an RNN.
    package func gates(layer: Int, token: Int32) -> [[Float]] {
        guard !model.config.cell.gateNames.isEmpty else { return [] }
        return runner.gates(
            layer: layer, token: token, before: Self.before, after: Self.after, states: states)
    }
}
