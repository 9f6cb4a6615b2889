internal import GRDB
package import Storage

/// What a store says of itself, without a look at most of its rows.
package struct StoreSummary: Equatable, Sendable {
    /// Of the tables.
    package let schema: Int
    /// Transactions so far.
    package let commits: UInt64
    /// Of the last request; 0 for none.
    package let position: Int64
    /// Streams that have not ended.
    package let openStreams: Int
    /// When the oldest request that is kept was accepted, in seconds since 1970; nil where none is.
    package let oldest: Double?
    /// Of the database file, without the pages that are free.
    package let usedBytes: Int

    init(_ db: Database) throws {
        let state = try StoreState.read(db)
        schema = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        commits = state.commits
        position = state.position
        openStreams = try Self.openStreams(db)
        oldest = try RequestRow.fetchOne(db, "request ORDER BY position")?.request.time
        usedBytes = try StorePages(db).usedBytes
    }

    static func openStreams(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM stream WHERE ended IS NULL") ?? 0
    }
}

extension JournalReader {
    package func summary() throws(StorageError) -> StoreSummary {
        try read { try StoreSummary($0.db) }
    }

    /// Looks at the pages and at the order of the rows in them, without the indexes.
    ///
    /// - Throws: `damaged` with what SQLite finds.
    package func quickCheck() throws(StorageError) {
        try read { transaction in
            let findings = try String.fetchAll(transaction.db, sql: "PRAGMA quick_check(4)")
            guard findings != ["ok"] else { return }
            throw RowDamage(part: "pages", "SQLite finds: \(findings.joined(separator: "; "))")
        }
    }
}

/// The SQLite that this process has loaded.
package enum SQLiteLibrary {
    /// Such as `3.40.1`; nil if it does not answer.
    package static var version: String? {
        try? DatabaseQueue().read { db in try String.fetchOne(db, sql: "SELECT sqlite_version()") }
    }
}
