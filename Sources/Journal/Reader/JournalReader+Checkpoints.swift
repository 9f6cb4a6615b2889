internal import GRDB
package import Storage

extension JournalReader {
    package func checkpoint(
        of key: StreamKey, notAfter position: TextPosition?
    ) throws(StorageError) -> CheckpointRecord? {
        guard let position else { return try checkpoint("stream = ?", [key.field]) }
        return try checkpoint(
            "stream = ? AND (sequence, text_position) <= (?, ?)",
            [key.field, position.sequence.field, position.offset.field])
    }

    package func checkpoint(
        of key: StreamKey, atOrBeforeToken token: UInt64
    ) throws(StorageError) -> CheckpointRecord? {
        try checkpoint("stream = ? AND tokens <= ?", [key.field, token.field])
    }

    package func checkpoints(of key: StreamKey) throws(StorageError) -> [CheckpointRecord] {
        try read { db, names in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(CheckpointRow.table.selection) FROM checkpoint
                    WHERE stream = ? ORDER BY sequence, text_position
                    """)
            let rows = try Row.fetchCursor(
                statement, arguments: StatementArguments([key.field]))
            var checkpoints: [CheckpointRecord] = []
            let place = try CheckpointPlaces(db, key)
            // One by one: all their snapshots may not fit into memory.
            while let row = try rows.next() {
                let row = try CheckpointRow(row)
                try place.check(row)
                var checkpoint = try names.checkpoint(db, row)
                checkpoint.snapshot = []
                checkpoints.append(checkpoint)
            }
            return checkpoints
        }
    }

    private func checkpoint(
        _ condition: String, _ arguments: [DatabaseValue]
    ) throws(StorageError) -> CheckpointRecord? {
        try read { db, names in try Self.checkpoint(db, names, condition, arguments) }
    }

    /// The newest one for which `condition` holds.
    static func checkpoint(
        _ db: Database, _ names: ReadNames, _ condition: String, _ arguments: [DatabaseValue]
    ) throws -> CheckpointRecord? {
        // Found by the index alone, which need not touch a snapshot on its way.
        let statement = try db.cachedStatement(
            sql: """
                SELECT id FROM checkpoint INDEXED BY checkpoint_place WHERE \(condition)
                ORDER BY sequence DESC, text_position DESC LIMIT 1
                """)
        guard let id = try Int64.fetchOne(statement, arguments: StatementArguments(arguments))
        else { return nil }
        guard let row = try CheckpointRow.fetchOne(db, "checkpoint WHERE id = ?", [id.field])
        else { throw RowDamage(part: "checkpoint, id \(id)", "it is missing") }
        try CheckpointPlaces(db, row.checkpoint.key).check(row)
        return try names.checkpoint(db, row)
    }
}
