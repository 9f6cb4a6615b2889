internal import GRDB
internal import Names
internal import Storage
internal import Wire

struct RequestRow: TableRow {
    static let table = Table(
        "request",
        [
            "position", "stream", "sequence", "run", "time", "op", "more", "text", "producer",
            "producer_sequence", "producer_time", "endpoint", "acknowledged", "model",
        ], identity: [0, 1, 2])

    let position: Int64
    /// Its endpoint and its model stand in `endpoint` and `model`.
    let request: RequestRecord
    let run: Int64?
    let endpoint: Int64?
    let model: Int64

    /// A request's sequence that was taken without the rest of its row.
    static func sequence(_ value: DatabaseValue?, of key: StreamKey) throws -> UInt64 {
        guard case .int64(let number)? = value?.storage,
            (0...FieldReader.largest).contains(number)
        else {
            throw RowDamage(
                part: "request, stream \(key)",
                "its sequence is \(value ?? .null); expected 0 to \(FieldReader.largest)")
        }
        return UInt64(number)
    }

    /// A number that is not acknowledged is not kept, whether or not it is the last.
    private var acknowledged: Int64 { request.isAcknowledged ? request.isLast ? 2 : 1 : 0 }

    var values: [DatabaseValue] {
        [
            position.field, request.key.field, request.sequence.field,
            run.field, request.time.field,
            request.operation.rawValue.field, request.more.field, request.text.field,
            request.producer.field, request.producerSequence.field,
            request.producerTime.field, endpoint.field,
            acknowledged.field, model.field,
        ]
    }
}

extension RequestRow {
    init(_ fields: inout FieldReader) throws {
        position = try fields.key()
        let key = try fields.key()
        let sequence = try fields.count()
        run = try fields.optional { fields throws(RowDamage) in try fields.key() }
        let time = try fields.time()
        let name = try fields.text()
        guard let operation = Request.Operation(rawValue: name) else {
            throw fields.damage("its operation is \"\(name)\"")
        }
        var request = RequestRecord(
            key: key, sequence: sequence, time: time, operation: operation,
            more: try fields.boolean(), text: try fields.bytes(),
            producer: Name(try fields.text()),
            model: [])
        request.producerSequence = try fields.optional { fields throws(RowDamage) in
            try fields.unsigned()
        }
        request.producerTime = try fields.optional { fields throws(RowDamage) in
            try fields.real()
        }
        endpoint = try fields.optional { fields throws(RowDamage) in try fields.key() }
        let acknowledged = try fields.integer(in: 0...2)
        (request.isAcknowledged, request.isLast) = (acknowledged > 0, acknowledged == 2)
        model = try fields.key()
        self.request = request
    }
}
