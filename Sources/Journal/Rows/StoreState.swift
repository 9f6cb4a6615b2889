internal import GRDB
internal import Storage

/// What the store knows of itself: the one row of `journal`.
struct StoreState: TableRow, Equatable, Sendable {
    static let table = Table(
        "journal", ["id", "store", "commits", "position", "streams", "horizon"], identity: [])

    /// The same in the ledger.
    var store: UInt64
    var commits: UInt64
    /// The highest position of a request so far.
    var position: Int64
    /// The highest key of a stream so far.
    var streams: StreamKey
    /// Recovery reads the requests from this position on.
    var horizon: Int64

    static func new() -> StoreState {
        StoreState(
            store: .random(in: 1...UInt64.max), commits: 0, position: 0, streams: 0, horizon: 1)
    }

    var values: [DatabaseValue] {
        [
            Int64(1).field, store.field, commits.field, position.field, streams.field,
            horizon.field,
        ]
    }

    static func read(_ db: Database) throws -> StoreState {
        guard let row = try fetchOne(db, "journal") else {
            throw RowDamage(part: "journal", "its only row is missing")
        }
        return row
    }
}

extension StoreState {
    init(_ fields: inout FieldReader) throws {
        _ = try fields.integer(in: 1...1)
        store = try fields.unsigned()
        commits = try fields.count()
        position = Int64(try fields.count())
        streams = Int64(try fields.count())
        horizon = try fields.key()
    }
}
