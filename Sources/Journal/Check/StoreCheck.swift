internal import GRDB
internal import Storage

/// Looks at everything a store holds: SQLite's own check of pages and indexes, then every row's
/// checksum, then whether rows refer to rows that are there and no stream's requests have a gap.
struct StoreCheck {
    let db: Database
    let state: StoreState
    let progress: (@Sendable (Double) -> Void)?
    /// Asked at every row.
    var shouldStop: () -> Bool = { false }

    /// The caller stopped the check before its end.
    struct Stopped: Error {}

    /// - Throws: `RowDamage`, `Stopped`, and what SQLite fails with.
    func run() throws {
        progress?(0)
        try checkPages()
        progress?(0.3)
        try checkRows()
        try checkReferences()
        try checkSequences()
        progress?(1)
    }

    private func checkPages() throws {
        let findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(4)")
        guard findings != ["ok"] else { return }
        throw RowDamage(
            part: "pages", "SQLite finds: \(findings.joined(separator: "; "))")
    }

    private func checkRows() throws {
        try check(ModelRow.self)
        try check(LabelRow.self)
        try check(FileRow.self)
        try check(RunRow.self)
        try check(StreamRow.self)
        try check(ProducerRow.self)
        progress?(0.4)
        try check(RequestRow.self)
        progress?(0.7)
        try check(OutcomeRow.self)
        progress?(0.8)
        try check(CheckpointRow.self)
        progress?(0.9)
    }

    private func check<Kind: TableRow>(_: Kind.Type) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(Kind.table.selection) FROM \(Kind.table.name)")
        while let row = try rows.next() {
            if shouldStop() { throw Stopped() }
            _ = try Kind(row)
        }
    }

    private func checkReferences() throws {
        guard let row = try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") else { return }
        let values = Array(row.databaseValues)
        throw RowDamage(
            part: "\(values[0]), rowid \(values[1])", "it refers to a missing row of \(values[2])")
    }

    private func checkSequences() throws {
        let gap = try Row.fetchOne(
            db,
            sql: """
                SELECT stream
                FROM request JOIN stream ON stream.id = request.stream
                WHERE request.sequence >= stream.cut
                GROUP BY stream HAVING count(*) <> max(request.sequence) - stream.cut + 1
                """)
        if let gap {
            let stream = Array(gap.databaseValues)[0]
            throw RowDamage(part: "request, stream \(stream)", "some of its requests are missing")
        }
        try checkCuts()
        let highest = try Int64.fetchOne(db, sql: "SELECT max(position) FROM request") ?? 0
        guard highest <= state.position else {
            throw RowDamage(
                part: "request, position \(highest)",
                "the highest position written is \(state.position)")
        }
    }

    /// All requests of one stream are there, and what it was cut at.
    ///
    /// - Throws: `RowDamage`, and what SQLite fails with.
    static func checkSequences(_ db: Database, of row: StreamRow) throws {
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

    /// A stream that was cut goes on from a checkpoint.
    private func checkCuts() throws {
        let stream = try Int64.fetchOne(
            db,
            sql: """
                SELECT id FROM stream
                WHERE cut > 0 AND ended IS NULL AND NOT EXISTS
                    (SELECT 1 FROM checkpoint WHERE stream = stream.id AND sequence >= cut)
                """)
        guard let stream else { return }
        throw RowDamage(part: "checkpoint, stream \(stream)", "its checkpoint is missing")
    }
}
