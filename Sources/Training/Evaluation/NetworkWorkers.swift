import Dispatch
package import Kernels
package import Model
import Synchronization

/// Runs a network on independent pieces of work, on several threads.
package struct NetworkWorkers: Sendable {
    let network: Network
    let kernels: Kernels
    let threads: Int

    /// Rows of a step. The kernels reach their full speed with this number.
    static let maxBatch = 64

    package init(_ network: Network, kernels: Kernels, threads: Int) {
        precondition(threads > 0, "no thread")
        self.network = network
        self.kernels = kernels
        self.threads = threads
    }

    /// The results of `count` pieces, in order. Each piece has its own runner and `maxBatch` slots
    /// of states.
    func results<Result: Sendable>(
        _ count: Int,
        _ body: @Sendable (Int, NetworkRunner, inout StateSlab) throws(EvaluationError) -> Result
    ) throws(EvaluationError) -> [Result] {
        try results(count) { (piece) throws(EvaluationError) in
            let runner = NetworkRunner(network: network, kernels: kernels, maxBatch: Self.maxBatch)
            var states = try states()
            return try body(piece, runner, &states)
        }
    }

    func results<Result: Sendable>(
        _ count: Int, _ body: @Sendable (Int) throws(EvaluationError) -> Result
    ) throws(EvaluationError) -> [Result] {
        let found = Mutex<[Result?]>(Array(repeating: nil, count: count))
        let failure = Mutex<EvaluationError?>(nil)
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            do throws(EvaluationError) {
                while case let piece = next.add(1, ordering: .relaxed).oldValue, piece < count,
                    failure.withLock({ $0 == nil })
                {
                    let result = try body(piece)
                    found.withLock { $0[piece] = result }
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return found.withLock { $0.compactMap(\.self) }
    }

    private func states() throws(EvaluationError) -> StateSlab {
        do {
            return try StateSlab(layout: network.stateLayout, capacity: Self.maxBatch)
        } catch {
            throw .outOfMemory(error)
        }
    }
}
