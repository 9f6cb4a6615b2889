package import Metrics

/// Counters of what the journal has written.
package final class JournalStatistics: MetricSet {
    package let commits = Counter("commits", "Transactions of the journal")
}
