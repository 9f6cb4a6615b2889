internal import Dispatch

/// Threads that do the parts of one piece of work and then wait for each other.
///
/// How many there are changes no result: every number is computed by one of them in an order that
/// does not depend on how the work was split.
package final class ThreadPool: Sendable {
    package let threads: Int

    package init(threads: Int) {
        precondition(threads > 0, "a pool without threads")
        self.threads = threads
    }

    /// Splits `0..<count` into ranges of about equal size, multiples of `grain` but for the last, and
    /// runs the body on each: `(range, worker)`. Returns when all are done.
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
