package import Wire

/// The state of a stream that continues, and what it has not read yet.
package struct StreamBacklog: Equatable, Sendable {
    /// A request that is not in the checkpoint.
    package struct Entry: Equatable, Sendable {
        package let request: RequestRecord
        package let incarnation: StreamIncarnation
        /// What came of it; nil where that is not known.
        package let outcome: OutcomeRecord?

        package init(
            request: RequestRecord, incarnation: StreamIncarnation, outcome: OutcomeRecord?
        ) {
            self.request = request
            self.incarnation = incarnation
            self.outcome = outcome
        }
    }

    /// The incarnation that is to be read on. A stream that ended may have begun again before it was
    /// read so far, so `latest` may be a later one.
    package let first: StreamIncarnation
    package let latest: IncarnationStatus
    /// The newest of `first`; nil where there is none.
    package let checkpoint: CheckpointRecord?
    /// The requests after the checkpoint, of `first` and of all later incarnations, in order.
    package let unread: [Entry]
    /// Of the last request of `latest`, whether or not it is unread; nil where none is kept.
    package let lastOperation: Request.Operation?
    package let producers: [ProducerRecord]

    package init(
        first: StreamIncarnation, latest: IncarnationStatus, checkpoint: CheckpointRecord?,
        unread: [Entry], lastOperation: Request.Operation?, producers: [ProducerRecord]
    ) {
        self.first = first
        self.latest = latest
        self.checkpoint = checkpoint
        self.unread = unread
        self.lastOperation = lastOperation
        self.producers = producers
    }
}
