internal import GRDB
package import Storage

extension JournalReader {
    package func requests(
        of key: StreamKey, from sequence: UInt64, limit: Int
    ) throws(StorageError) -> [RequestRecord] {
        try read { try $0.requests(of: key, from: sequence, limit: limit) }
    }

    package func outcomes(
        of key: StreamKey, from sequence: UInt64, limit: Int
    ) throws(StorageError) -> [OutcomeRecord] {
        try read { try $0.outcomes(of: key, from: sequence, limit: limit) }
    }

    /// By binary search, so that an incarnation of a million requests takes twenty steps.
    package func firstSequence(
        of key: StreamKey, atOrAfter time: Double
    ) throws(StorageError) -> UInt64? {
        try read { transaction in
            guard let row = try transaction.stream(key) else { return nil }
            var (low, high) = (row.cut, try row.status(transaction.db).nextSequence)
            var found: UInt64?
            while low < high {
                let middle = low + (high - low) / 2
                let probe = try RequestRow.fetchOne(
                    transaction.db, "request WHERE stream = ? AND sequence >= ? ORDER BY sequence",
                    [key.field, middle.field])
                guard let request = probe?.request, request.sequence < high else {
                    high = middle
                    continue
                }
                if request.time >= time {
                    found = request.sequence
                    high = middle
                } else {
                    low = request.sequence + 1
                }
            }
            return found
        }
    }

    package func modelSegments(of key: StreamKey) throws(StorageError) -> [ModelSegment] {
        try read { transaction in
            let statement = try transaction.db.cachedStatement(
                sql: """
                    SELECT model, sequence FROM (
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
                guard case .int64(let model) = values[0].storage else {
                    throw RowDamage(part: "request, stream \(key)", "a column's type is wrong")
                }
                segments.append(
                    ModelSegment(
                        model: try transaction.names.model(transaction.db, model),
                        first: try RequestRow.sequence(values[1], of: key)))
            }
            return segments
        }
    }

    package func requestCount() throws(StorageError) -> Int {
        try read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM request") ?? 0 }
    }

    package func textByteCount(of key: StreamKey) throws(StorageError) -> Int {
        try read {
            try Int.fetchOne(
                $0.db,
                sql: """
                    SELECT sum(length(text)) FROM request
                    WHERE stream = ?1 AND op = 'text'
                        AND sequence >= (SELECT cut FROM stream WHERE stream.id = ?1)
                    """, arguments: [key]) ?? 0
        }
    }
}
