package import Storage
package import Wire

/// What one shard has for the journal after a step, in order.
package struct JournalBatch: Sendable {
    /// Counts the batches of its shard, from 1.
    package let number: UInt64
    package private(set) var records: [StorageRecord] = []
    /// Answers that are due once the records are durable.
    package private(set) var acknowledgements: [Acknowledgement] = []
    /// It has requests: events that they lead to wait until it is on disk.
    package private(set) var holdsEvents = false
    /// How many records are checkpoints.
    package private(set) var checkpoints = 0
    /// Bytes that it counts for while it waits.
    package private(set) var weight = 0

    package init(number: UInt64 = 1) { self.number = number }

    package var isEmpty: Bool { records.isEmpty && acknowledgements.isEmpty }

    mutating func add(_ record: StorageRecord) {
        records.append(record)
        weight += record.weight
        if case .request = record { holdsEvents = true }
        if case .checkpoint = record { checkpoints += 1 }
    }

    mutating func acknowledge(_ answer: Acknowledgement) { acknowledgements.append(answer) }
}

extension StorageRecord {
    fileprivate var weight: Int {
        switch self {
        case .request(let record): 128 + record.text.count
        case .checkpoint(let record): 128 + record.snapshot.count
        case .began, .outcome, .ended, .model, .sweepBegan, .sweepEnded: 128
        // Its names.
        case .producerLeft, .producerForgotten: 512
        }
    }
}
