internal import GRDB
package import Storage
package import Wire

/// A row that is not as it was written, and the stream that it belongs to.
package struct StreamDamage: Sendable {
    /// Nil where nobody can ask for it: the row that names it is damaged in its name, or the row is for
    /// information only.
    package let stream: StreamID?
    /// The incarnation it belongs to is over: the stream goes on without it.
    package let isOver: Bool
    package let error: StorageError
}

/// Looks at everything a store holds as `StoreCheck` does, a few rows at a time and each time at what
/// is there then, so that a store that is being written is held up by nothing.
///
/// What has been looked at stays as it is: rows are added behind it, or deleted. A check that was cut
/// short goes on where it was (CheckPlace).
package struct PartialCheck {
    /// Rows of one part.
    private static let rows: Int64 = 1000
    /// A larger database is not walked page by page: that takes one long look at all of it.
    private static let mostWalkedBytes = 1 << 30

    private let reader: JournalReader
    /// The store's own number.
    private let store: UInt64
    private(set) var place: CheckPlace
    /// Where the first damage was found: the next check must find it too.
    private var findings: CheckPlace?

    /// Continues where an earlier check was kept.
    package init(storeAt path: String) throws(StorageError) {
        reader = try JournalReader(path: path)
        store = try reader.read { db, _ in try JournalRow.read(db).store }
        place = CheckPlace(storeAt: path, store: store) ?? CheckPlace()
    }

    package var isAtEnd: Bool { place.phase == nil }

    /// Looks at the next part.
    ///
    /// - Returns: the damage of single streams in it; nil once all has been looked at.
    /// - Throws: `damaged` for what is not one stream's alone, and what the store cannot be read for.
    package mutating func next() throws(StorageError) -> [StreamDamage]? {
        guard let phase = place.phase else { return nil }
        let part = try reader.read { [place] db, _ in
            var part = CheckPart(db: db, path: reader.path, first: place.last)
            try part.run(phase, limit: Self.rows, mostWalkedBytes: Self.mostWalkedBytes)
            return part
        }
        if !part.damages.isEmpty { findings = findings ?? place }
        if let last = part.last { place.last = last } else { place.begin(after: phase) }
        return part.damages
    }

    /// Keeps how far it has come, in a file beside the store.
    package func keep() { (findings ?? place).keep(storeAt: reader.path, store: store) }

    /// From 0 to 1, as far as it can be told.
    package func progress() throws(StorageError) -> Double {
        guard let phase = place.phase else { return 1 }
        let highest = try reader.read { db, _ in try CheckPart.highest(db, phase) }
        let within = highest > 0 ? min(1, Double(place.last) / Double(highest)) : 1
        return phase.share.lowerBound
            + within * (phase.share.upperBound - phase.share.lowerBound)
    }
}

/// What one part looks at, and what it found.
private struct CheckPart {
    let db: Database
    let path: String
    /// The key that the rows come after.
    let first: Int64
    /// The key to go on after; nil at the phase's end.
    private(set) var last: Int64?
    var damages: [StreamDamage] = []
    private var hasOrphan = false

    init(db: Database, path: String, first: Int64) {
        self.db = db
        self.path = path
        self.first = first
    }

    mutating func run(
        _ phase: CheckPlace.Phase, limit: Int64, mostWalkedBytes: Int
    ) throws {
        switch phase {
        case .names: try checkNames()
        case .streams: try check(StreamRow.self, key: "id", limit, ownerColumn: 0)
        case .producers: try checkProducers(limit)
        case .requests:
            try check(RequestRow.self, key: "position", limit, ownerColumn: 1)
            try checkReferences(Self.requestReferences, "request, position")
            try checkReferences(
                Self.requestsBeyond, "request, position", "no request has come so far")
        case .outcomes:
            try check(OutcomeRow.self, key: "position", limit, ownerColumn: nil)
            try checkReferences(Self.outcomeReferences, "outcome, position")
        case .checkpoints:
            try check(CheckpointRow.self, key: "id", limit, ownerColumn: 1)
            try checkReferences(Self.checkpointReferences, "checkpoint, id")
        case .sequences: try checkSequences(limit)
        case .pages: try checkPages(mostWalkedBytes)
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
        _ = try JournalRow.read(db)
        _ = try ModelRow.fetch(db, "model")
        _ = try LabelRow.fetch(db, "label")
        do {
            _ = try RunRow.fetch(db, "run")
        } catch let damage as RowDamage {
            note(damage, of: nil, isOver: true)
        }
    }

    /// - Parameter ownerColumn: which column holds the stream's number; nil for an outcome, whose
    ///   request tells.
    private mutating func check<Kind: TableRow>(
        _: Kind.Type, key: String, _ limit: Int64, ownerColumn: Int?
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(Kind.table.selection) FROM \(Kind.table.name)
                WHERE \(key) > ? ORDER BY \(key) LIMIT ?
                """)
        let rows = try Row.fetchCursor(
            statement, arguments: StatementArguments([first.field, limit.field]))
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
        if found < limit { end() }
    }

    /// By streams: those of names that are gone do no harm.
    private mutating func checkProducers(_ limit: Int64) throws {
        for row in try streams(limit) {
            do {
                _ = try ProducerRow.fetch(db, "producer WHERE name = ?", [row.values[1]])
            } catch let damage as RowDamage {
                note(damage, row)
            }
        }
    }

    /// The next streams in the order of their numbers; damaged rows were reported before.
    private mutating func streams(_ limit: Int64) throws -> [StreamRow] {
        let numbers = try Int64.fetchAll(
            db, sql: "SELECT id FROM stream WHERE id > ? ORDER BY id LIMIT ?",
            arguments: [first, limit])
        last = numbers.last
        if numbers.count < limit { end() }
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

    private mutating func checkSequences(_ limit: Int64) throws {
        for row in try streams(limit) {
            do {
                try StoreCheck.checkSequences(db, of: row)
            } catch let damage as RowDamage {
                note(damage, row)
            }
        }
    }

    private mutating func checkPages(_ most: Int) throws {
        try checkIndex()
        guard try StorePages(db).fileBytes <= most else { return }
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

    /// - Throws: the damage, if it cannot be told whose it is.
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
