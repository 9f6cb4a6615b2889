internal import GRDB
internal import Storage

/// The one row of `journal`.
struct JournalRow: TableRow {
    static let table = Table(
        "journal", ["id", "store", "commits", "position", "streams", "horizon"], identity: [])

    let state: StoreState

    init(state: StoreState) { self.state = state }

    init(_ fields: inout FieldReader) throws {
        _ = try fields.integer(in: 1...1)
        state = StoreState(
            store: try fields.unsigned(), commits: try fields.count(),
            position: Int64(try fields.count()), streams: Int64(try fields.count()),
            horizon: try fields.key())
    }

    var values: [DatabaseValue] {
        [
            Int64(1).field, state.store.field, state.commits.field, state.position.field,
            state.streams.field, state.horizon.field,
        ]
    }

    static func read(_ db: Database) throws -> StoreState {
        guard let row = try fetchOne(db, "journal") else {
            throw RowDamage(part: "journal", "its only row is missing")
        }
        return row.state
    }
}
