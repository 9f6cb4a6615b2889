internal import GRDB
package import Storage

extension JournalReader {
    package func horizon() throws(StorageError) -> StoragePosition {
        try read { StoragePosition(try StoreState.read($0.db).horizon) }
    }

    package func read(
        from position: StoragePosition, limit: Int
    ) throws(StorageError) -> StoragePage {
        try read { transaction in
            let state = try StoreState.read(transaction.db)
            let rows = try RequestRow.fetch(
                transaction.db, "request WHERE position >= ? ORDER BY position LIMIT ?",
                [position.number.field, Int64(limit).field])
            try Self.checkPositions(rows, from: position.number, limit, state)
            let last = rows.last.map(\.position) ?? position.number - 1
            return StoragePage(
                try Self.entries(transaction, rows), next: StoragePosition(last + 1),
                end: last < state.position ? .more : .caughtUp)
        }
    }

    private static func entries(
        _ transaction: ReadTransaction, _ rows: [RequestRow]
    ) throws -> [StoragePage.Entry] {
        var streams: [StreamKey: StreamRow] = [:]
        return try rows.map { row in
            let key = row.request.key
            guard let stream = try streams[key] ?? transaction.stream(key) else {
                throw RowDamage(part: "stream, id \(key)", "it is missing")
            }
            streams[key] = stream
            return StoragePage.Entry(
                position: StoragePosition(row.position), incarnation: stream.incarnation,
                isEnded: stream.ended != nil, request: try transaction.record(row))
        }
    }

    /// Nothing at or after the horizon is ever deleted.
    private static func checkPositions(
        _ rows: [RequestRow], from first: Int64, _ limit: Int, _ state: StoreState
    ) throws {
        var expected = max(first, state.horizon)
        for row in rows where row.position >= state.horizon {
            guard row.position == expected else { throw missing(expected) }
            expected += 1
        }
        if rows.count < limit, expected <= state.position { throw missing(expected) }
    }

    private static func missing(_ position: Int64) -> RowDamage {
        RowDamage(part: "request, position \(position)", "it is missing")
    }
}
