package import Threads

/// Counters of what the journal has written.
package final class JournalStatistics: CounterSet {
    package let commits = Counter("commits")
}
