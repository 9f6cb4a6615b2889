package import Synchronization
package import Threads

/// Counters of what the journal has written.
package final class JournalStatistics: CounterSet {
    package let commits = Counter("commits")
    package let commitNanoseconds = Atomic<Int>(0)

    func countCommit(since start: ContinuousClock.Instant) {
        commits.add()
        commitNanoseconds.add(
            Int((ContinuousClock.now - start) / .nanoseconds(1)), ordering: .relaxed)
    }
}
