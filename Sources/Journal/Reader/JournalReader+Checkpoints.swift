internal import GRDB
package import Storage

extension JournalReader {
    package func checkpoint(
        of key: StreamKey, notAfter position: TextPosition?
    ) throws(StorageError) -> CheckpointRecord? {
        try read { transaction in
            guard let position else {
                return try transaction.checkpoint("stream = ?", [key.field])
            }
            return try transaction.checkpoint(
                "stream = ? AND (sequence, text_position) <= (?, ?)",
                [key.field, position.sequence.field, position.offset.field])
        }
    }

    package func checkpoint(
        of key: StreamKey, atOrBeforeToken token: UInt64
    ) throws(StorageError) -> CheckpointRecord? {
        try read { try $0.checkpoint("stream = ? AND tokens <= ?", [key.field, token.field]) }
    }

    package func checkpoints(of key: StreamKey) throws(StorageError) -> [CheckpointRecord] {
        try read { transaction in
            let statement = try transaction.db.cachedStatement(
                sql: """
                    SELECT \(CheckpointRow.table.selection) FROM checkpoint
                    WHERE stream = ? ORDER BY sequence, text_position
                    """)
            let rows = try Row.fetchCursor(
                statement, arguments: StatementArguments([key.field]))
            var checkpoints: [CheckpointRecord] = []
            let places = try CheckpointPlaces(transaction.db, key)
            // One by one: all their snapshots may not fit into memory.
            while let row = try rows.next() {
                var checkpoint = try transaction.record(CheckpointRow(row), in: places)
                checkpoint.snapshot = []
                checkpoints.append(checkpoint)
            }
            return checkpoints
        }
    }
}
