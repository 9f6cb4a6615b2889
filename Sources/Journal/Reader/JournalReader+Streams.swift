internal import GRDB
package import Storage
package import Wire

extension JournalReader {
    package func latestIncarnation(of name: StreamID) throws(StorageError) -> IncarnationStatus? {
        try read { db, _ in
            try Self.latest(db, name).map { try Self.status(db, $0) }
        }
    }

    package func incarnation(of key: StreamKey) throws(StorageError) -> IncarnationStatus? {
        try read { db, _ in
            try StreamRow.read(db, key).map { try Self.status(db, $0) }
        }
    }

    package func incarnation(
        _ number: UInt64, of name: StreamID
    ) throws(StorageError) -> IncarnationStatus? {
        try read { db, _ in
            try Self.row(db, number, of: name).map { try Self.status(db, $0) }
        }
    }

    package func producers(of name: StreamID) throws(StorageError) -> [ProducerRecord] {
        try read { db, _ in try Self.producers(db, name) }
    }

    package func models() throws(StorageError) -> [ModelRecord] {
        try read { db, _ in try ModelRow.fetch(db, "model ORDER BY id").map(\.model) }
    }

    package func runs() throws(StorageError) -> [RunRecord] {
        try read { db, names in
            try RunRow.fetch(db, "run ORDER BY id").map { row in
                var run = row.run
                run.model = try names.model(db, row.model)
                return run
            }
        }
    }

    static func row(
        _ db: Database, _ number: UInt64, of name: StreamID
    ) throws -> StreamRow? {
        try StreamRow.fetchOne(
            db, "stream WHERE name = ? AND life = ?", [name.text.field, number.field])
    }

    static func producers(_ db: Database, _ name: StreamID) throws -> [ProducerRecord] {
        try ProducerRow.fetch(db, "producer WHERE name = ?", [name.text.field]).map {
            ProducerRecord(
                producer: $0.producer, sequence: $0.sequence, time: $0.time, isDone: $0.isDone)
        }
    }

    /// A request's sequence that was taken without the rest of its row.
    static func count(_ sequence: Int64, of key: StreamKey) throws -> UInt64 {
        guard (0...FieldReader.largest).contains(sequence) else {
            throw RowDamage(
                part: "request, stream \(key)",
                "its sequence is \(sequence); expected 0 to \(FieldReader.largest)")
        }
        return UInt64(sequence)
    }

    static func status(_ db: Database, _ row: StreamRow) throws -> IncarnationStatus {
        let statement = try db.cachedStatement(
            sql: "SELECT max(sequence) FROM request WHERE stream = ?")
        let last = try Int64.fetchOne(statement, arguments: [row.incarnation.key.field])
        let next = try last.map { try count($0, of: row.incarnation.key) + 1 } ?? 0
        return IncarnationStatus(
            incarnation: row.incarnation, ended: row.ended, cut: row.cut,
            nextSequence: max(next, row.cut))
    }
}
