internal import GRDB
internal import Storage

extension WriteTransaction {
    /// It replaces the stream's temporary checkpoint. A place has one checkpoint: a permanent one
    /// stays where it is.
    func write(_ checkpoint: CheckpointRecord) throws {
        try deleteTemporaryCheckpoint(of: checkpoint.key)
        let place = "stream = ? AND sequence = ? AND text_position = ?"
        let statement = try db.cachedStatement(
            sql: "SELECT count(*) FROM checkpoint WHERE \(place)")
        let arguments = StatementArguments([
            checkpoint.key.field, checkpoint.sequence.field, checkpoint.position.field,
        ])
        guard try Int.fetchOne(statement, arguments: arguments) == 0 else { return }
        let row = CheckpointRow(
            id: try caches.nextID(db, "checkpoint"), checkpoint: checkpoint,
            model: try caches.model(db, checkpoint.model))
        try row.insert(into: db)
    }

    func deleteTemporaryCheckpoint(of key: StreamKey) throws {
        try db.cachedStatement(sql: "DELETE FROM checkpoint WHERE stream = ? AND temporary = 1")
            .execute(arguments: StatementArguments([key.field]))
    }
}
