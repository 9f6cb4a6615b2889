/// Records that are written together.
package struct StorageBatch: Sendable {
    /// Tells a batch from the one appended before it by the same owner: they count from 1.
    package let number: UInt64
    package let records: [StorageRecord]

    package init(number: UInt64, _ records: [StorageRecord]) {
        self.number = number
        self.records = records
    }
}
