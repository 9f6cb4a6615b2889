internal import GRDB
internal import Storage
internal import Wire

struct StreamRow: TableRow {
    static let table = Table(
        "stream", ["id", "name", "life", "began", "ended", "cut"], identity: [0, 1, 2])

    let incarnation: StreamIncarnation
    var ended: Double?
    /// Requests before this sequence have been forgotten.
    var cut: UInt64

    init(_ incarnation: StreamIncarnation) {
        self.incarnation = incarnation
        ended = nil
        cut = 0
    }

    init(_ fields: inout FieldReader) throws {
        let key = try fields.key()
        guard let name = try? StreamID(try fields.text()) else {
            throw fields.damage("its name is not a stream's")
        }
        incarnation = StreamIncarnation(
            key: key, name: name, number: try fields.count(), began: try fields.time())
        ended = try fields.optional { fields throws(RowDamage) in try fields.time() }
        cut = try fields.count()
    }

    var values: [DatabaseValue] {
        [
            incarnation.key.field, incarnation.name.text.field, incarnation.number.field,
            incarnation.began.field,
            ended.field, cut.field,
        ]
    }

    static func read(_ db: Database, _ key: StreamKey) throws -> StreamRow? {
        try fetchOne(db, "stream WHERE id = ?", [key.field])
    }

    func status(_ db: Database) throws -> IncarnationStatus {
        let statement = try db.cachedStatement(
            sql: "SELECT max(sequence) FROM request WHERE stream = ?")
        let last = try Int64.fetchOne(statement, arguments: [incarnation.key.field])
        let next = try last.map {
            try RequestRow.sequence($0.databaseValue, of: incarnation.key) + 1
        }
        return IncarnationStatus(
            incarnation: incarnation, ended: ended, cut: cut, nextSequence: max(next ?? 0, cut))
    }

    /// The incarnation of a row that may be damaged, as far as it can be read; nil if it cannot.
    static func readableIncarnation(_ row: Row) -> StreamIncarnation? {
        let values = Array(row.databaseValues)
        guard case .int64(let key) = values[0].storage, case .string(let text) = values[1].storage,
            case .int64(let number) = values[2].storage, number >= 0, number <= FieldReader.largest,
            FieldReader.isWhole(text, of: row, at: 1),
            let name = try? StreamID(String(storedText: text))
        else { return nil }
        var began = 0.0
        if case .double(let time) = values[3].storage, FieldReader.times.contains(time) {
            began = time
        }
        return StreamIncarnation(key: key, name: name, number: UInt64(number), began: began)
    }
}
