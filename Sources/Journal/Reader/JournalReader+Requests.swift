internal import GRDB
package import Storage

extension JournalReader {
    package func requests(
        of key: StreamKey, from sequence: UInt64, limit: Int
    ) throws(StorageError) -> [RequestRecord] {
        try read { db, names in
            try Self.requests(db, names, key, from: sequence, limit: limit)
        }
    }

    static func requests(
        _ db: Database, _ names: ReadNames, _ key: StreamKey, from sequence: UInt64 = 0,
        limit: Int = .max
    ) throws -> [RequestRecord] {
        let first = try first(db, key, sequence)
        let rows = try RequestRow.fetch(
            db, "request WHERE stream = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
            [key.field, first.field, Int64(limit).field])
        try checkSequences(rows, from: first)
        return try rows.map { try names.request(db, $0) }
    }

    package func outcomes(
        of key: StreamKey, from sequence: UInt64, limit: Int
    ) throws(StorageError) -> [OutcomeRecord] {
        try read { db, names in
            try Self.outcomes(db, names, key, from: sequence, limit: limit)
        }
    }

    static func outcomes(
        _ db: Database, _ names: ReadNames, _ key: StreamKey, from sequence: UInt64 = 0,
        limit: Int = .max
    ) throws -> [OutcomeRecord] {
        // By request, so that they come in its order.
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(OutcomeRow.table.selection), request.sequence
                FROM request CROSS JOIN outcome ON outcome.position = request.position
                WHERE stream = ? AND sequence >= ? ORDER BY sequence LIMIT ?
                """)
        let first = try first(db, key, sequence)
        let rows = try Row.fetchCursor(
            statement,
            arguments: StatementArguments([key.field, first.field, Int64(limit).field]))
        var outcomes: [OutcomeRecord] = []
        while let row = try rows.next() {
            guard case .int64(let sequence)? = row.databaseValues.last?.storage else {
                throw RowDamage(part: "request", "its sequence has the wrong type")
            }
            outcomes.append(
                try names.outcome(db, OutcomeRow(row), key, count(sequence, of: key)))
        }
        return outcomes
    }

    /// Where an incarnation's requests that are kept begin, at or after `sequence`.
    private static func first(
        _ db: Database, _ key: StreamKey, _ sequence: UInt64
    ) throws -> UInt64 {
        max(sequence, try StreamRow.read(db, key)?.cut ?? 0)
    }

    private static func checkSequences(_ rows: [RequestRow], from first: UInt64) throws {
        for (row, expected) in zip(rows, first...) where row.request.sequence != expected {
            throw RowDamage(
                part: "request, stream \(row.request.key), sequence \(expected)",
                "it is missing")
        }
    }
}
