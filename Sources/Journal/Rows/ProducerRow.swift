internal import GRDB
internal import Names

struct ProducerRow: TableRow {
    static let table = Table(
        "producer", ["name", "producer", "sequence", "time"], identity: [0, 1])

    let name: Name
    let producer: Name
    var sequence: UInt64
    /// Of its latest request.
    var time: Double
    /// It has said that it sends no more. Stored as the sign of `time`, which is above 0.
    var isDone: Bool

    var values: [DatabaseValue] {
        [
            name.field, producer.field, sequence.field,
            ((isDone ? -1 : 1) * max(time, 1)).field,
        ]
    }

    /// The key of its table: as SQLite compares it, by bytes.
    static let place = "name = ? AND producer = ?"
}

extension ProducerRow {
    init(_ fields: inout FieldReader) throws {
        name = Name(try fields.text())
        producer = Name(try fields.text())
        sequence = try fields.unsigned()
        let signed = try fields.time()
        (time, isDone) = (abs(signed), signed < 0)
    }
}
