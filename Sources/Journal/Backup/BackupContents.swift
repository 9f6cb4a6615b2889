internal import GRDB
package import Storage

/// What a copy of a store holds: how far it goes, and what is needed to serve it.
package struct BackupContents: Equatable, Sendable {
    /// The position of the last request; 0 for none.
    package let position: Int64
    /// Transactions so far.
    package let commits: UInt64
    /// Requests whose text is kept.
    package let requests: Int
    /// Streams that have not ended.
    package let streams: Int
    /// When its last request was accepted, in seconds since 1970; nil where none is kept.
    package let latest: Double?
    /// Those that its requests were read by; their folders are not part of the copy.
    package let models: [ModelRecord]
    /// Of the file.
    package let bytes: Int

    init(_ db: Database) throws {
        let state = try StoreState.read(db)
        position = state.position
        commits = state.commits
        requests = try Int.fetchOne(db, sql: "SELECT count(*) FROM request") ?? 0
        streams = try Int.fetchOne(db, sql: "SELECT count(*) FROM stream WHERE ended IS NULL") ?? 0
        let last = try RequestRow.fetchOne(db, "request ORDER BY position DESC")
        latest = last?.request.time
        models = try ModelRow.fetch(db, "model ORDER BY id").map(\.model)
        bytes = try StorePages(db).fileBytes
    }
}
