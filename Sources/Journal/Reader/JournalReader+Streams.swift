internal import GRDB
package import Wire

/// How far one life of a stream has come.
package struct LifeStatus: Equatable, Sendable {
    package let life: StreamLife
    /// When it ended; nil while it lives.
    package let ended: Double?
    /// Requests before this sequence have been forgotten.
    package let cut: UInt64
    /// What its next request is numbered.
    package let nextSequence: UInt64

    package var isEnded: Bool { ended != nil }
}

extension JournalReader {
    /// The last life of a name; nil where none is known.
    package func latestLife(of name: StreamID) throws(JournalError) -> LifeStatus? {
        try read { db, _ in
            let row = try StreamRow.fetchOne(
                db, "stream WHERE name = ? ORDER BY life DESC", [name.text.field])
            return try row.map { try Self.status(db, $0) }
        }
    }

    package func life(of key: StreamKey) throws(JournalError) -> LifeStatus? {
        try read { db, _ in
            try StreamRow.read(db, key).map { try Self.status(db, $0) }
        }
    }

    /// One life of a name.
    package func life(_ life: UInt64, of name: StreamID) throws(JournalError) -> LifeStatus? {
        try read { db, _ in
            let row = try StreamRow.fetchOne(
                db, "stream WHERE name = ? AND life = ?", [name.text.field, life.field])
            return try row.map { try Self.status(db, $0) }
        }
    }

    /// The last acknowledged number of each producer of a name, whatever became of its lives.
    package func producers(of name: StreamID) throws(JournalError) -> [ProducerRecord] {
        try read { db, _ in
            try ProducerRow.fetch(db, "producer WHERE name = ?", [name.text.field]).map {
                ProducerRecord(
                    producer: $0.producer, sequence: $0.sequence, time: $0.time,
                    isDone: $0.isDone)
            }
        }
    }

    package func models() throws(JournalError) -> [ModelRecord] {
        try read { db, _ in try ModelRow.fetch(db, "model ORDER BY id").map(\.model) }
    }

    package func runs() throws(JournalError) -> [RunRecord] {
        try read { db, names in
            try RunRow.fetch(db, "run ORDER BY id").map { row in
                RunRecord(
                    started: row.started, stopped: row.stopped, version: row.version,
                    model: try names.model(db, row.model), kernelTier: row.kernelTier,
                    threads: Int(row.threads))
            }
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

    static func status(_ db: Database, _ row: StreamRow) throws -> LifeStatus {
        let statement = try db.cachedStatement(
            sql: "SELECT max(sequence) FROM request WHERE stream = ?")
        let last = try Int64.fetchOne(statement, arguments: [row.life.key.field])
        let next = try last.map { try count($0, of: row.life.key) + 1 } ?? 0
        return LifeStatus(
            life: row.life, ended: row.ended, cut: row.cut, nextSequence: max(next, row.cut))
    }
}
