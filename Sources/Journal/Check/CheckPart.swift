internal import GRDB
internal import Storage
internal import Wire

/// What one part looks at, and what it found.
struct CheckPart {
    /// Rows of one part.
    private static let limit: Int64 = 1000
    /// A larger database is not walked page by page: that takes one long look at all of it.
    private static let mostWalkedBytes = 1 << 30

    private let db: Database
    private let path: String
    /// The key that the rows come after.
    private let first: Int64
    /// The key to continue after; nil at the phase's end.
    private(set) var last: Int64?
    private(set) var damages: [StreamDamage] = []
    private var hasOrphan = false

    /// Looks at a part of a phase.
    ///
    /// - Parameter key: the last one of the part before.
    /// - Throws: damage of more than one stream.
    init(_ db: Database, _ path: String, _ phase: CheckPlace.Phase, after key: Int64) throws {
        self.db = db
        self.path = path
        first = key
        switch phase {
        case .names: try checkNames()
        case .streams: try check(StreamRow.self, key: "id", ownerColumn: 0)
        case .producers: try checkProducers()
        case .requests:
            try check(RequestRow.self, key: "position", ownerColumn: 1)
            try checkReferences(Self.requestReferences, "request, position")
            try checkReferences(
                Self.requestsBeyond, "request, position", "no request has come so far")
        case .outcomes:
            try check(OutcomeRow.self, key: "position", ownerColumn: nil)
            try checkReferences(Self.outcomeReferences, "outcome, position")
        case .checkpoints:
            try check(CheckpointRow.self, key: "id", ownerColumn: 1)
            try checkReferences(Self.checkpointReferences, "checkpoint, id")
        case .sequences: try checkSequences()
        case .pages: try checkPages()
        }
    }

    static func highest(_ db: Database, _ phase: CheckPlace.Phase) throws -> Int64 {
        let key: String
        switch phase {
        case .names, .pages: return 0
        case .streams, .producers, .sequences: key = "id) FROM stream"
        case .requests: key = "position) FROM request"
        case .outcomes: key = "position) FROM outcome"
        case .checkpoints: key = "id) FROM checkpoint"
        }
        return try Int64.fetchOne(db, sql: "SELECT max(\(key)") ?? 0
    }

    // MARK: Rows

    /// Few, and shared by all.
    private mutating func checkNames() throws {
        _ = try StoreState.read(db)
        _ = try ModelRow.fetch(db, "model")
        _ = try LabelRow.fetch(db, "label")
        do {
            _ = try RunRow.fetch(db, "run")
        } catch let damage as RowDamage {
            note(damage, of: nil, isOver: true)
        }
    }

    /// - Parameter ownerColumn: which column holds the stream's number; nil for an outcome, whose
    ///   request has it.
    private mutating func check<Kind: TableRow>(
        _: Kind.Type, key: String, ownerColumn: Int?
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(Kind.table.selection) FROM \(Kind.table.name)
                WHERE \(key) > ? ORDER BY \(key) LIMIT ?
                """)
        let rows = try Row.fetchCursor(
            statement, arguments: StatementArguments([first.field, Self.limit.field]))
        var found: Int64 = 0
        while let row = try rows.next() {
            found += 1
            let values = Array(row.databaseValues)
            if case .int64(let number) = values[0].storage { last = number }
            do {
                _ = try Kind(row)
            } catch let damage as RowDamage {
                let number = ownerColumn.map { values[$0] } ?? values[0]
                try note(damage, ownedBy: number, isRequest: ownerColumn == nil)
            }
        }
        if found < Self.limit { end() }
    }

    /// By streams: those of names that are gone do no harm.
    private mutating func checkProducers() throws {
        for row in try streams() {
            do {
                _ = try ProducerRow.fetch(db, "producer WHERE name = ?", [row.values[1]])
            } catch let damage as RowDamage {
                note(damage, row)
            }
        }
    }

    /// The next streams in the order of their numbers; damaged rows were reported before.
    private mutating func streams() throws -> [StreamRow] {
        let numbers = try Int64.fetchAll(
            db, sql: "SELECT id FROM stream WHERE id > ? ORDER BY id LIMIT ?",
            arguments: [first, Self.limit])
        last = numbers.last
        if numbers.count < Self.limit { end() }
        return numbers.compactMap { try? StreamRow.read(db, $0) }
    }

    // MARK: References

    private static let requestReferences = """
        SELECT position, stream FROM request WHERE position > ?1 AND position <= ?2 AND (
            stream NOT IN (SELECT id FROM stream) OR model NOT IN (SELECT id FROM model)
            OR (endpoint IS NOT NULL AND endpoint NOT IN (SELECT id FROM label))
            OR (run IS NOT NULL AND run NOT IN (SELECT id FROM run)))
        """
    private static let outcomeReferences = """
        SELECT position, NULL FROM outcome WHERE position > ?1 AND position <= ?2 AND (
            position NOT IN (SELECT position FROM request)
            OR audience NOT IN (SELECT id FROM label))
        """
    private static let checkpointReferences = """
        SELECT id, stream FROM checkpoint WHERE id > ?1 AND id <= ?2 AND (
            stream NOT IN (SELECT id FROM stream) OR model NOT IN (SELECT id FROM model))
        """

    private static let requestsBeyond = """
        SELECT position, stream FROM request WHERE position > ?1 AND position <= ?2
            AND position > (SELECT position FROM journal)
        """

    private mutating func checkReferences(
        _ sql: String, _ name: String, _ message: String = "it refers to a missing row"
    ) throws {
        let statement = try db.cachedStatement(sql: sql)
        let rows = try Row.fetchCursor(
            statement,
            arguments: StatementArguments([first.field, (last ?? .max).field]))
        while let row = try rows.next() {
            let values = Array(row.databaseValues)
            let damage = RowDamage(part: "\(name) \(values[0])", message)
            let isOutcome = values[1].isNull
            try note(damage, ownedBy: isOutcome ? values[0] : values[1], isRequest: isOutcome)
        }
    }

    // MARK: Sequences and pages

    private mutating func checkSequences() throws {
        for row in try streams() {
            do {
                try checkSequence(of: row)
            } catch let damage as RowDamage {
                note(damage, row)
            }
        }
    }

    /// All requests of one stream are there, and what it was cut at.
    ///
    /// - Throws: `RowDamage`, and what SQLite fails with.
    private func checkSequence(of row: StreamRow) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT count(*), max(sequence) FROM request INDEXED BY request_sequence
                WHERE stream = ? AND sequence >= ?
                """)
        let arguments = StatementArguments([row.incarnation.key.field, row.cut.field])
        let found = try Row.fetchOne(statement, arguments: arguments).map {
            Array($0.databaseValues)
        }
        if case .int64(let count)? = found?[0].storage, case .int64(let last)? = found?[1].storage,
            last - count != Int64(bitPattern: row.cut) - 1
        {
            throw RowDamage(
                part: "request, stream \(row.incarnation.key)", "some of its requests are missing")
        }
        guard row.cut > 0, row.ended == nil else { return }
        let checkpoints = try db.cachedStatement(
            sql: "SELECT count(*) FROM checkpoint WHERE stream = ? AND sequence >= ?")
        guard try Int.fetchOne(checkpoints, arguments: arguments) ?? 0 > 0 else {
            throw RowDamage(
                part: "checkpoint, stream \(row.incarnation.key)", "its checkpoint is missing")
        }
    }

    private func checkPages() throws {
        try checkIndex()
        guard try StorePages(db).fileBytes <= Self.mostWalkedBytes else { return }
        let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(4)")
        guard findings != ["ok"] else { return }
        throw RowDamage(part: "pages", "SQLite finds: \(findings.joined(separator: "; "))")
    }

    /// What was looked at by one was looked at by the other.
    private func checkIndex() throws {
        let counts = ["NOT INDEXED", "INDEXED BY request_sequence"].map {
            "SELECT count(*) FROM request \($0)"
        }
        let found = try counts.map { try Int.fetchOne(db, sql: $0) }
        guard found[0] == found[1] else {
            throw RowDamage(part: "request", "its index is not what was written")
        }
    }

    private mutating func end() { last = nil }

    // MARK: Whose it is

    /// - Throws: the damage, if its stream is not known.
    private mutating func note(
        _ damage: RowDamage, ownedBy number: DatabaseValue, isRequest: Bool
    ) throws {
        guard case .int64(var key) = number.storage else { throw damage }
        if isRequest {
            guard
                let stream = try Int64.fetchOne(
                    db, sql: "SELECT stream FROM request WHERE position = ?", arguments: [key])
                // The sequences of its requests show which stream the missing one belongs to.
            else { return note(damage, of: nil, isOver: true) }
            key = stream
        }
        do {
            guard let row = try StreamRow.read(db, key) else { throw damage }
            note(damage, row)
        } catch is RowDamage {
            try noteUnreadable(key, damage)
        }
    }

    /// The row of the stream itself is damaged. Its name may still be what it is asked for by.
    private mutating func noteUnreadable(_ key: Int64, _ damage: RowDamage) throws {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT \(StreamRow.table.selection) FROM stream WHERE id = ?",
                arguments: [key])
        else { return noteOrphan(damage) }
        let incarnation = StreamRow.readableIncarnation(row)
        let hasBegunAgain =
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM stream AS later, stream AS this
                        WHERE this.id = ?1 AND later.name = this.name AND later.id > ?1)
                    """, arguments: [key]) ?? false
        note(damage, of: incarnation?.name, isOver: hasBegunAgain)
    }

    /// The row belongs to a stream that does not exist, so no client can ask for it. The gap in the
    /// sequences of the stream that it was taken from is reported. One such row of a part is enough
    /// to report.
    private mutating func noteOrphan(_ damage: RowDamage) {
        guard !hasOrphan else { return }
        hasOrphan = true
        note(damage, of: nil, isOver: true)
    }

    private mutating func note(_ damage: RowDamage, _ row: StreamRow) {
        note(damage, of: row.incarnation.name, isOver: row.ended != nil)
    }

    private mutating func note(_ damage: RowDamage, of stream: StreamID?, isOver: Bool) {
        damages.append(
            StreamDamage(
                stream: stream, isOver: isOver, error: StorageError(damage, in: path)))
    }
}
