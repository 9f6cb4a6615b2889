internal import GRDB
internal import Storage

/// Where checkpoints of an incarnation may stand: before or within one of its requests, or after the last.
struct CheckpointPlaces {
    private let db: Database
    private let key: StreamKey
    private let next: UInt64

    init(_ db: Database, _ key: StreamKey) throws {
        guard let row = try StreamRow.read(db, key) else {
            throw RowDamage(part: "stream, id \(key)", "it is missing")
        }
        self.db = db
        self.key = key
        next = try row.status(db).nextSequence
    }

    /// - Throws: `RowDamage` if nothing can be read from this one on.
    func check(_ row: CheckpointRow) throws {
        let place = row.checkpoint
        guard place.sequence <= next else {
            throw damage(row, "its stream has \(next) requests; expected \(place.sequence) or more")
        }
        guard place.position > 0 else { return }
        let statement = try db.cachedStatement(
            sql:
                "SELECT length(text) FROM request WHERE stream = ? AND sequence = ? AND op = 'text'"
        )
        let length = try Int64.fetchOne(
            statement, arguments: StatementArguments([key.field, place.sequence.field]))
        guard let length, place.position <= UInt64(max(0, length)) else {
            let found = length.map { "\($0) bytes" } ?? "none"
            throw damage(row, "its request's text has \(found); expected \(place.position) or more")
        }
    }

    private func damage(_ row: CheckpointRow, _ message: String) -> RowDamage {
        RowDamage(
            part: "checkpoint, id \(row.id), stream \(key), sequence \(row.checkpoint.sequence)",
            message)
    }
}
