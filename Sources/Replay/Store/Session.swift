package import Engine
package import Storage
package import Wire

/// One stored incarnation of a stream: its requests, and their outcomes.
package struct Session {
    package let store: SessionStore
    /// How far it has been read; a running daemon may read on.
    package let status: IncarnationStatus

    init(_ store: SessionStore, _ status: IncarnationStatus) {
        self.store = store
        self.status = status
    }

    package var incarnation: StreamIncarnation { status.incarnation }
    package var key: StreamKey { status.incarnation.key }
    package var stream: StreamID { status.incarnation.name }
    var reader: any HistoryReader { store.reader }

    /// Requests from `sequence` on with their outcomes, at most so many.
    package func requests(
        from sequence: UInt64 = 0, limit: Int = .max
    ) throws(StorageError) -> [SessionRequest] {
        let records = try reader.requests(of: key, from: sequence, limit: limit)
        guard let first = records.first else { return [] }
        let outcomes = Dictionary(
            try reader.outcomes(of: key, from: first.sequence, limit: records.count)
                .map { ($0.sequence, $0) }
        ) { $1 }
        return records.map { SessionRequest(record: $0, outcome: outcomes[$0.sequence]) }
    }

    /// Parts of the session by the model that read them, in order.
    package func segments() throws(StorageError) -> [ModelSegment] {
        try reader.modelSegments(of: key)
    }

    /// The snapshot of a checkpoint.
    package func snapshot(of checkpoint: CheckpointRecord) throws(StorageError) -> StreamSnapshot {
        try reader.snapshot(of: checkpoint)
    }
}
