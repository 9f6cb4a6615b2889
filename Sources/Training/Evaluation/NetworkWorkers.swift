package import Kernels
package import Model

/// Runs a network on independent pieces of work, on several threads.
package struct NetworkWorkers: Sendable {
    let network: Network
    let kernels: Kernels
    let pool: ThreadPool

    /// Rows of a step. The kernels reach their full speed with this number.
    static let maxBatch = 64

    package init(_ network: Network, kernels: Kernels, threads: Int) {
        self.network = network
        self.kernels = kernels
        pool = ThreadPool(threads: threads)
    }

    /// The results of `count` pieces, in order. Each piece has its own runner and `maxBatch` slots
    /// of states.
    func results<Result: Sendable>(
        _ count: Int,
        _ body: @Sendable (Int, NetworkRunner, inout StateSlab) throws(EvaluationError) -> Result
    ) throws(EvaluationError) -> [Result] {
        try pool.results(count) { (piece) throws(EvaluationError) in
            let runner = NetworkRunner(network: network, kernels: kernels, maxBatch: Self.maxBatch)
            var states = try states()
            return try body(piece, runner, &states)
        }
    }

    private func states() throws(EvaluationError) -> StateSlab {
        do {
            return try StateSlab(layout: network.stateLayout, capacity: Self.maxBatch)
        } catch {
            throw .outOfMemory(error)
        }
    }
}
