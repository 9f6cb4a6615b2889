internal import GRDB
internal import Storage
internal import Wire

/// One bounded step of retention: the oldest requests that have not been looked at in this round,
/// and what of their streams can go with them.
struct RetentionSlice {
    private static let requestLimit = 256
    private static let checkpointLimit = 256
    /// How long producers of forgotten streams are known where no age is given: 30 days.
    private static let producerAge = 30.0 * 86_400
    /// Seconds by which a time may be ahead of now.
    private static let clockError = 60.0

    private let db: Database
    private let horizon: Int64
    private let policy: JournalOptions.Retention
    private let now: Double
    private var checkpointsLeft = Self.checkpointLimit
    private(set) var cursor: RetentionCursor
    private(set) var isMoreLeft = false

    init(
        _ transaction: WriteTransaction, _ policy: JournalOptions.Retention, now: Double,
        cursor: RetentionCursor
    ) {
        db = transaction.db
        horizon = transaction.state.horizon
        self.policy = policy
        self.now = now
        self.cursor = cursor
    }

    mutating func run() throws {
        let isTooLarge = try self.isTooLarge
        let rows = try RequestRow.fetch(
            db, "request WHERE position >= ? AND position < ? ORDER BY position LIMIT ?",
            [cursor.position.field, horizon.field, Int64(Self.requestLimit).field])
        let looked = isTooLarge ? rows : Array(rows.prefix { isPast($0.request.time) })
        if try forget(looked, isTooLarge: isTooLarge) {
            try goOn(after: looked, isLast: looked.count < Self.requestLimit)
        } else {
            isMoreLeft = true
        }
        try forgetEndedIncarnations()
        try forgetProducers()
    }

    private var isTooLarge: Bool {
        get throws {
            guard let limit = policy.maxBytes else { return false }
            return try StorePages(db).usedBytes > limit
        }
    }

    private func isExpired(_ time: Double) -> Bool {
        policy.maxAge.map { time < now - $0 } ?? false
    }

    /// Whether what comes after it may have expired. A time that is yet to come was stamped by a clock
    /// that was wrong, and must not keep all that came after.
    private func isPast(_ time: Double) -> Bool { isExpired(time) || time > now + Self.clockError }

    private mutating func goOn(after looked: [RequestRow], isLast: Bool) throws {
        if isLast {
            cursor.position = 0
        } else if let last = looked.last {
            cursor.position = last.position + 1
            isMoreLeft = try policy.maxAge != nil || isTooLarge
        }
    }

    /// - Returns: whether all of it is done; if not, the same requests come again.
    private mutating func forget(_ looked: [RequestRow], isTooLarge: Bool) throws -> Bool {
        var cuts: [StreamKey: UInt64] = [:]
        for (key, rows) in Dictionary(grouping: looked, by: \.request.key) {
            // Requests before one that has expired came earlier, whatever their times say.
            let last = rows.last { isTooLarge || isExpired($0.request.time) }
            guard let last, let row = try StreamRow.read(db, key) else { continue }
            let cut = try cut(row, after: last.request.sequence)
            if try deleteCheckpoints(of: key, before: cut) { cuts[key] = cut }
        }
        for row in looked where row.request.sequence < cuts[row.request.key] ?? 0 {
            try delete("outcome WHERE position = ?", [row.position.field])
            try delete("request WHERE position = ?", [row.position.field])
        }
        for key in cuts.keys {
            if let row = try StreamRow.read(db, key) { try forget(row) }
        }
        return checkpointsLeft > 0
    }

    /// Where a stream begins once its requests up to `sequence` may go; the stream is marked so.
    private func cut(_ stream: StreamRow, after sequence: UInt64) throws -> UInt64 {
        var row = stream
        let isOver = try row.ended != nil && sequence + 1 >= nextSequence(row)
        let base = isOver ? nil : try checkpoint(row.incarnation.key, upTo: sequence + 1)
        let start = isOver ? sequence + 1 : base?.sequence ?? 0
        guard start > row.cut else { return row.cut }
        if let base { try makePermanent(base.id) }
        row.cut = start
        try row.update(in: db)
        return start
    }

    private func nextSequence(_ row: StreamRow) throws -> UInt64 {
        try row.status(db).nextSequence
    }

    /// The last checkpoint that allows a cut at `sequence` or before; rather one between two
    /// requests, so that the first request kept can be read anew.
    private func checkpoint(
        _ key: StreamKey, upTo sequence: UInt64
    ) throws -> (id: Int64, sequence: UInt64)? {
        for condition in ["AND text_position = 0", ""] {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT id, sequence FROM checkpoint
                    WHERE stream = ? AND sequence <= ? \(condition)
                    ORDER BY sequence DESC, text_position DESC LIMIT 1
                    """)
            let row = try Row.fetchOne(
                statement, arguments: StatementArguments([key.field, sequence.field]))
            guard let values = row.map({ Array($0.databaseValues) }),
                case .int64(let id) = values[0].storage
            else { continue }
            return (id, try RequestRow.sequence(values[1], of: key))
        }
        return nil
    }

    /// What is kept rests on it.
    private func makePermanent(_ id: Int64) throws {
        guard var row = try CheckpointRow.fetchOne(db, "checkpoint WHERE id = ?", [id.field]),
            row.checkpoint.isTemporary
        else { return }
        row.checkpoint.isTemporary = false
        try row.update(in: db)
    }

    /// - Returns: whether all have been deleted.
    private mutating func deleteCheckpoints(of key: StreamKey, before cut: UInt64) throws -> Bool {
        try delete(
            """
            checkpoint WHERE id IN
                (SELECT id FROM checkpoint WHERE stream = ? AND sequence < ? LIMIT ?)
            """, [key.field, cut.field, Int64(checkpointsLeft).field])
        checkpointsLeft -= db.changesCount
        return checkpointsLeft > 0
    }

    /// Looks at some streams each time: those that are over and of which nothing is kept.
    private mutating func forgetEndedIncarnations() throws {
        let rows = try StreamRow.fetch(
            db, "stream WHERE id > ? ORDER BY id LIMIT ?",
            [cursor.stream.field, Int64(Self.requestLimit).field])
        for row in rows { try forget(row) }
        cursor.stream = rows.count < Self.requestLimit ? 0 : rows.last?.incarnation.key ?? 0
    }

    private mutating func forget(_ row: StreamRow) throws {
        let key = row.incarnation.key
        guard let ended = row.ended, row.cut > 0 || isExpired(ended) else { return }
        let kept = try Int.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM request WHERE stream = ?)", arguments: [key])
        guard kept == 0, try deleteCheckpoints(of: key, before: .max >> 1) else { return }
        try delete("stream WHERE id = ?", [key.field])
    }

    /// Looks at some producers each time: a name of which no incarnation is known is remembered for a
    /// while, so that a late resend is still known to be one.
    private mutating func forgetProducers() throws {
        let rows = try ProducerRow.fetch(
            db, "producer WHERE (name, producer) > (?, ?) ORDER BY name, producer LIMIT ?",
            cursor.producer + [Int64(Self.requestLimit).field])
        for row in rows where row.time < now - (policy.maxAge ?? Self.producerAge) {
            try delete(
                """
                producer WHERE name = ?1 AND producer = ?2
                    AND NOT EXISTS (SELECT 1 FROM stream WHERE stream.name = ?1)
                """, [row.name.field, row.producer.field])
        }
        let last = rows.last.map { [$0.name.field, $0.producer.field] }
        cursor.producer =
            rows.count < Self.requestLimit ? RetentionCursor().producer : last ?? cursor.producer
    }

    private func delete(_ rows: String, _ arguments: [DatabaseValue]) throws {
        try db.cachedStatement(sql: "DELETE FROM " + rows)
            .execute(arguments: StatementArguments(arguments))
    }
}
