internal import GRDB
internal import Storage

/// Looks at everything a store holds: SQLite's own check of pages and indexes, all that `CheckPart`
/// looks at, and the rows that only bundles have.
struct StoreCheck {
    let db: Database
    let path: String
    let progress: (@Sendable (Double) -> Void)?
    /// Asked often.
    var shouldStop: () -> Bool = { false }

    /// The caller stopped the check before its end.
    struct Stopped: Error {}

    /// - Throws: `RowDamage`, `StorageError`, `Stopped`, and what SQLite fails with.
    func run() throws {
        progress?(0)
        try checkPages()
        progress?(0.3)
        try check(FileRow.self)
        try check(ProducerRow.self)
        try checkReferences()
        try checkParts()
        progress?(1)
    }

    private func checkPages() throws {
        let findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(4)")
        guard findings != ["ok"] else { return }
        throw RowDamage(
            part: "pages", "SQLite finds: \(findings.joined(separator: "; "))")
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

    private func checkParts() throws {
        var place = CheckPlace()
        while let phase = place.phase, phase != .pages {
            if shouldStop() { throw Stopped() }
            let part = try CheckPart(db, path, phase, after: place.last)
            if let damage = part.damages.first { throw damage.error }
            place.advance(to: part.last)
            progress?(0.3 + 0.7 * phase.share.upperBound)
        }
    }
}
