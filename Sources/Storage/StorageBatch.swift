/// Records that are written together.
package struct StorageBatch: Sendable {
    /// Counts the batches that one fence token was used for, from 1: with each `acquire` it begins
    /// again. It distinguishes a batch that is appended again from the next one.
    package let number: UInt64
    package let records: [StorageRecord]

    package init(number: UInt64, _ records: [StorageRecord]) {
        self.number = number
        self.records = records
    }
}
