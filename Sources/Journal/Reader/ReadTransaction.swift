internal import GRDB
internal import Storage
internal import Wire

/// One transaction of a reader: the store as it is at one moment.
struct ReadTransaction {
    let db: Database
    let names: ReadNames

    // MARK: Incarnations

    func stream(_ key: StreamKey) throws -> StreamRow? { try StreamRow.read(db, key) }

    func stream(_ number: UInt64, of name: StreamID) throws -> StreamRow? {
        try StreamRow.fetchOne(
            db, "stream WHERE name = ? AND life = ?", [name.text.field, number.field])
    }

    /// The last incarnation of a name.
    func latestStream(of name: StreamID) throws -> StreamRow? {
        try StreamRow.fetchOne(
            db, "stream WHERE name = ? ORDER BY life DESC", [name.text.field])
    }

    func producers(of name: StreamID) throws -> [ProducerRecord] {
        try ProducerRow.fetch(db, "producer WHERE name = ?", [name.text.field]).map {
            ProducerRecord(
                producer: $0.producer, sequence: $0.sequence, time: $0.time, isDone: $0.isDone)
        }
    }

    // MARK: Requests

    func requests(
        of key: StreamKey, from sequence: UInt64 = 0, limit: Int = .max
    ) throws -> [RequestRecord] {
        let first = try firstKept(of: key, from: sequence)
        let rows = try RequestRow.fetch(
            db, "request WHERE stream = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
            [key.field, first.field, Int64(limit).field])
        for (row, expected) in zip(rows, first...) where row.request.sequence != expected {
            throw RowDamage(
                part: "request, stream \(key), sequence \(expected)", "it is missing")
        }
        return try rows.map(record)
    }

    func record(_ row: RequestRow) throws -> RequestRecord {
        var request = row.request
        request.model = try names.model(db, row.model)
        request.endpoint = try row.endpoint.map { try names.label(db, $0) }
        return request
    }

    func outcomes(
        of key: StreamKey, from sequence: UInt64 = 0, limit: Int = .max
    ) throws -> [OutcomeRecord] {
        // By request, so that they come in its order.
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(OutcomeRow.table.selection), request.sequence
                FROM request CROSS JOIN outcome ON outcome.position = request.position
                WHERE stream = ? AND sequence >= ? ORDER BY sequence LIMIT ?
                """)
        let first = try firstKept(of: key, from: sequence)
        let rows = try Row.fetchCursor(
            statement,
            arguments: StatementArguments([key.field, first.field, Int64(limit).field]))
        var outcomes: [OutcomeRecord] = []
        while let row = try rows.next() {
            let stored = try OutcomeRow(row)
            var outcome = stored.outcome
            outcome.key = key
            outcome.sequence = try RequestRow.sequence(row.databaseValues.last, of: key)
            outcome.audience = try names.label(db, stored.audience)
            outcomes.append(outcome)
        }
        return outcomes
    }

    /// Where an incarnation's requests that are kept begin, at or after `sequence`.
    private func firstKept(of key: StreamKey, from sequence: UInt64) throws -> UInt64 {
        max(sequence, try stream(key)?.cut ?? 0)
    }

    // MARK: Checkpoints

    /// The newest one for which `condition` holds.
    func checkpoint(_ condition: String, _ arguments: [DatabaseValue]) throws -> CheckpointRecord? {
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
        return try record(row, in: CheckpointPlaces(db, row.checkpoint.key))
    }

    func record(_ row: CheckpointRow, in places: CheckpointPlaces) throws -> CheckpointRecord {
        try places.check(row)
        var checkpoint = row.checkpoint
        checkpoint.model = try names.model(db, row.model)
        return checkpoint
    }
}
