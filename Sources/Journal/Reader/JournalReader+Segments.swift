internal import GRDB
package import Storage

/// A part of an incarnation that one model read.
package struct ModelSegment: Equatable, Sendable {
    /// The model's fingerprint.
    package let model: [UInt8]
    /// The first request that it read.
    package let first: UInt64

    package init(model: [UInt8], first: UInt64) {
        self.model = model
        self.first = first
    }
}

extension JournalReader {
    /// Where in an incarnation another model read than before, with its beginning.
    package func modelSegments(of key: StreamKey) throws(StorageError) -> [ModelSegment] {
        try read { db, names in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT sequence, model FROM (
                        SELECT sequence, model, lag(model) OVER (ORDER BY sequence) AS previous
                        FROM request
                        WHERE stream = ?1
                            AND sequence >= (SELECT cut FROM stream WHERE stream.id = ?1))
                    WHERE previous IS NULL OR previous <> model
                    """)
            let rows = try Row.fetchCursor(statement, arguments: [key])
            var segments: [ModelSegment] = []
            while let row = try rows.next() {
                let values = Array(row.databaseValues)
                guard case .int64(let sequence) = values[0].storage,
                    case .int64(let model) = values[1].storage
                else {
                    throw RowDamage(part: "request, stream \(key)", "a column's type is wrong")
                }
                segments.append(
                    ModelSegment(
                        model: try names.model(db, model), first: try Self.count(sequence, of: key))
                )
            }
            return segments
        }
    }
}

extension JournalReader {
    /// The checkpoint at just this place, if it is there still.
    package func checkpoint(
        of key: StreamKey, sequence: UInt64, position: UInt64
    ) throws(StorageError) -> CheckpointRecord? {
        try read { db, names in
            let row = try CheckpointRow.fetchOne(
                db, "checkpoint WHERE stream = ? AND sequence = ? AND text_position = ?",
                [key.field, sequence.field, position.field])
            guard let row else { return nil }
            try CheckpointPlaces(db, key).check(row)
            return try names.checkpoint(db, row)
        }
    }
}
