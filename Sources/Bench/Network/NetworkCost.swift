package import Client
package import Kernels
package import Model

/// The cost of the network alone, without streams, text, events and sockets: the baseline for the
/// rest.
package struct NetworkCost {
    private let network: Network
    private let kernels: Kernels
    private let top: Int

    package init(_ network: Network, kernels: Kernels, top: Int = 5) {
        self.network = network
        self.kernels = kernels
        self.top = top
    }

    /// CPU seconds of one row of a step that has so many rows on average, by so many streams.
    ///
    /// - Parameter withHead: whether the vocabulary head runs, too.
    /// - Throws: `ModelError`, `Interrupted`.
    package func perRow(
        meanBatch: Double, meanStreams: Double, withHead: Bool, seconds: Double,
        _ interruption: Interruption
    ) throws -> Double {
        let steps = Self.steps(meanBatch: meanBatch, meanStreams: meanStreams)
        let networks = try steps.map {
            try SteppedNetwork(
                network, kernels: kernels, batch: $0.streams, tokensEach: $0.tokensEach, top: top)
        }
        let turns = Turns(networks.map { network in { network.engineStep(withHead: withHead) } })
        let rounds = try turns.rounds(seconds: seconds, interruption)
        let cost = steps.enumerated().reduce(0.0) { sum, step in
            sum + step.element.part * rounds.map { $0[step.offset].cpu }.median
        }
        let rows = steps.reduce(0.0) { $0 + $1.part * Double($1.streams * $1.tokensEach) }
        return cost / rows
    }

    struct Step: Equatable {
        let streams: Int
        let tokensEach: Int
        /// Of all steps, from 0 to 1.
        let part: Double
    }

    /// Steps of n and n + 1 streams, or of n and n + 1 tokens of each stream, as many of each as
    /// make the mean.
    static func steps(meanBatch: Double, meanStreams: Double) -> [Step] {
        func parts(_ mean: Double) -> [(count: Int, part: Double)] {
            let lower = max(1, Int(mean))
            let part = max(0, mean - Double(lower))
            return part < 0.02 ? [(lower, 1)] : [(lower, 1 - part), (lower + 1, part)]
        }
        let streams = max(1, Int(meanStreams.rounded()))
        let tokensEach = meanBatch / Double(streams)
        return meanBatch < 1.02 * meanStreams
            ? parts(meanBatch).map { Step(streams: $0.count, tokensEach: 1, part: $0.part) }
            : parts(tokensEach).map { Step(streams: streams, tokensEach: $0.count, part: $0.part) }
    }
}
