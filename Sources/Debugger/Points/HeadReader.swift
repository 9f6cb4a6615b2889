import Foundation
package import Kernels
package import Model

/// Computes the probabilities of the whole vocabulary from a state.
package final class HeadReader {
    private let runner: NetworkRunner
    private var states: StateSlab

    /// - Throws: `ModelError` where there is no memory.
    package init(_ model: Model, kernels: Kernels) throws(ModelError) {
        runner = NetworkRunner(network: model.network, kernels: kernels, maxBatch: 1)
        states = try StateSlab(layout: model.network.stateLayout, capacity: 1)
    }

    /// Natural logarithms of the probabilities of all tokens `[V]` after a state.
    package func logProbabilities(after values: [Float]) -> [Double] {
        states.setValues(values, slot: 0)
        let logits = runner.logits(slot: 0, states: states).map(Double.init)
        let largest = logits.max() ?? 0
        let sum = logits.reduce(0) { $0 + exp($1 - largest) }
        let logSum = largest + log(sum)
        return logits.map { $0 - logSum }
    }
}

/// KL(p || q) in bits, from natural logarithms.
package func divergence(_ p: [Double], _ q: [Double]) -> Double {
    zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) } / log(2)
}
