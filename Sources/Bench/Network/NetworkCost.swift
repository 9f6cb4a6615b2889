package import Client
package import Kernels
package import Model

/// What the network alone costs, without streams, text, events and sockets: the measure for all
/// that is around it.
package struct NetworkCost {
    private let network: Network
    private let kernels: Kernels
    private let top: Int

    package init(_ network: Network, kernels: Kernels, top: Int = 5) {
        self.network = network
        self.kernels = kernels
        self.top = top
    }

    /// CPU seconds of one row of a step that has so many rows on average.
    ///
    /// - Parameter withHead: whether the vocabulary head runs, too.
    /// - Throws: `ModelError`, `Interrupted`.
    package func perRow(
        meanBatch: Double, withHead: Bool, seconds: Double, _ interruption: Interruption
    ) throws -> Double {
        let lower = max(1, Int(meanBatch))
        let part = max(0, meanBatch - Double(lower))
        // Steps of n and n + 1 rows, as many of each as make the mean.
        let batches = part < 0.02 ? [lower] : [lower, lower + 1]
        let networks = try batches.map {
            try SteppedNetwork(network, kernels: kernels, batch: $0, top: top)
        }
        let turns = Turns(networks.map { network in { network.engineStep(withHead: withHead) } })
        let rounds = try turns.rounds(seconds: seconds, interruption)
        let steps = batches.indices.map { index in rounds.map { $0[index].cpu }.median }
        let step = steps.count == 1 ? steps[0] : steps[0] * (1 - part) + steps[1] * part
        return step / max(meanBatch, 1)
    }
}
