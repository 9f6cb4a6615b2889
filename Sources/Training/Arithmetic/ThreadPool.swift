internal import Dispatch
internal import Synchronization

/// Threads that share one piece of work and wait for each other at its end.
///
/// The number of threads does not change results: one thread computes each number, in an order that
/// does not depend on how the work is divided.
package final class ThreadPool: Sendable {
    package let threads: Int

    package init(threads: Int) {
        precondition(threads > 0, "a pool without threads")
        self.threads = threads
    }

    /// Divides `0..<count` into ranges of about equal size and runs `body(range, worker)` on each.
    /// Sizes are multiples of `grain`, except for the last range. Returns when all ranges are done.
    package func parallelFor(
        _ count: Int, grain: Int = 1, _ body: @Sendable (Range<Int>, Int) -> Void
    ) {
        guard count > 0 else { return }
        let grains = (count + grain - 1) / grain
        let parts = min(threads, grains)
        @Sendable func run(_ part: Int) {
            let start = part * grains / parts * grain
            let end = min((part + 1) * grains / parts * grain, count)
            body(start..<end, part)
        }
        if parts == 1 { return run(0) }
        DispatchQueue.concurrentPerform(iterations: parts, execute: run)
    }

    /// Runs `body` on each of `0..<count`, divided as by `parallelFor`.
    package func forEach(_ count: Int, grain: Int = 1, _ body: @Sendable (Int) -> Void) {
        parallelFor(count, grain: grain) { range, _ in
            for index in range { body(index) }
        }
    }

    /// The results of `count` pieces of work, in order. A thread that is done takes the next piece;
    /// after an error no piece is started.
    package func results<Result: Sendable, Failure: Error>(
        _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        let found = Mutex<[Result?]>(Array(repeating: nil, count: count))
        let failure = Mutex<Failure?>(nil)
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            do throws(Failure) {
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
}
