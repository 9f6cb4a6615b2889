package import Metrics

/// Counters of what the journal has written.
package final class JournalStatistics: MetricSet {
    package let commits = Counter("commits", "Transactions of the journal")
    package let time = Histogram(
        "commit", "Time of a transaction, with all tries where writing fails", unit: .seconds,
        bounds: .times)
    package let records = Histogram(
        "commit.records", "Records in a transaction", bounds: .powersOfTwo(through: 65_536))
    package let bytes = Histogram(
        "commit.bytes", "Bytes of the records in a transaction", unit: .bytes, bounds: .sizes,
        exposedAs: "commit")
    package let checkpoints = Counter(
        "checkpoints", "States of streams that were written")

    func count(_ batches: some Sequence<JournalBatch>, time spent: Duration) {
        var (recordCount, byteCount, checkpointCount) = (0, 0, 0)
        for batch in batches {
            recordCount += batch.records.count
            byteCount += batch.weight
            checkpointCount += batch.checkpoints
        }
        commits.add()
        checkpoints.add(checkpointCount)
        time.record(spent / .seconds(1))
        records.record(Double(recordCount))
        bytes.record(Double(byteCount))
    }
}
