internal import Dispatch

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
}
