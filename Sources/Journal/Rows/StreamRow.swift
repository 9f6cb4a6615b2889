internal import GRDB
internal import Wire

/// A row of `stream`.
struct StreamRow: TableRow {
    static let table = Table(
        "stream", ["id", "name", "life", "began", "ended", "cut"], identity: [0, 1, 2])

    let life: StreamLife
    var ended: Double?
    /// Requests before this sequence have been forgotten.
    var cut: UInt64

    init(_ life: StreamLife) {
        self.life = life
        ended = nil
        cut = 0
    }

    init(_ fields: inout FieldReader) throws {
        let key = try fields.integer()
        guard let name = try? StreamID(try fields.text()) else {
            throw fields.damage("its name is no stream's")
        }
        life = StreamLife(
            key: key, name: name, life: try fields.unsigned(), began: try fields.real())
        ended = try fields.optional { fields throws(RowDamage) in try fields.real() }
        cut = try fields.unsigned()
    }

    var values: [DatabaseValue] {
        [
            life.key.field, life.name.text.field, life.life.field, life.began.field,
            ended.field, cut.field,
        ]
    }

    static func read(_ db: Database, _ key: StreamKey) throws -> StreamRow? {
        try fetchOne(db, "stream WHERE id = ?", [key.field])
    }
}

/// A row of `producer`.
struct ProducerRow: TableRow {
    static let table = Table(
        "producer", ["name", "producer", "sequence", "time"], identity: [0, 1])

    let name: String
    let producer: String
    let sequence: UInt64
    let time: Double

    init(name: String, producer: String, sequence: UInt64, time: Double) {
        self.name = name
        self.producer = producer
        self.sequence = sequence
        self.time = time
    }

    init(_ fields: inout FieldReader) throws {
        name = try fields.text()
        producer = try fields.text()
        sequence = try fields.unsigned()
        time = try fields.real()
    }

    var values: [DatabaseValue] { [name.field, producer.field, sequence.field, time.field] }
}
