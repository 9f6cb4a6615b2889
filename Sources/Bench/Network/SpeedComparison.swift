package import Client
package import Kernels
package import Model

/// How fast networks are on one thread, measured in turns: a machine's speed drifts.
package struct SpeedComparison {
    private let networks: [SteppedNetwork]
    private let heads: [Bool]
    private let batch: Int

    /// - Parameter batch: streams that a step advances by a token each.
    /// - Throws: `ModelError` if there is no memory for the states.
    package init(_ networks: [Network], kernels: Kernels, batch: Int) throws {
        self.networks = try networks.map {
            try SteppedNetwork($0, kernels: kernels, batch: batch, top: KernelMeasurement.top)
        }
        heads = networks.map(\.config.heads.next)
        self.batch = batch
    }

    /// Tokens that each network reads in a second of CPU time, with all that an engine asks of it
    /// after each; the median over the turns.
    ///
    /// - Parameter seconds: for each network.
    /// - Throws: `Interrupted`.
    package func tokensPerCPUSecond(
        seconds: Double, _ interruption: Interruption
    ) throws(Interrupted) -> [Double] {
        let turns = Turns(
            zip(networks, heads).map { network, hasHead in
                { network.engineStep(withHead: hasHead) }
            })
        let rounds = try turns.rounds(seconds: seconds * Double(networks.count), interruption)
        return networks.indices.map { index in
            Double(batch) / rounds.map { $0[index].cpu }.median
        }
    }
}
