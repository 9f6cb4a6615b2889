internal import GRDB
internal import Wire

/// A row of `request`.
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

    init(
        position: Int64, request: RequestRecord, run: Int64?, endpoint: Int64?, model: Int64
    ) {
        self.position = position
        self.request = request
        self.run = run
        self.endpoint = endpoint
        self.model = model
    }

    init(_ fields: inout FieldReader) throws {
        position = try fields.integer()
        let key = try fields.integer()
        let sequence = try fields.unsigned()
        run = try fields.optional { fields throws(RowDamage) in try fields.integer() }
        let time = try fields.real()
        let name = try fields.text()
        guard let operation = Request.Operation(rawValue: name) else {
            throw fields.damage("its operation is \"\(name)\"")
        }
        var request = RequestRecord(
            key: key, sequence: sequence, time: time, operation: operation,
            more: try fields.boolean(), text: try fields.bytes(), producer: try fields.text(),
            model: [])
        request.producerSequence = try fields.optional { fields throws(RowDamage) in
            try fields.unsigned()
        }
        request.producerTime = try fields.optional { fields throws(RowDamage) in
            try fields.real()
        }
        endpoint = try fields.optional { fields throws(RowDamage) in try fields.integer() }
        request.isAcknowledged = try fields.boolean()
        model = try fields.integer()
        self.request = request
    }

    var values: [DatabaseValue] {
        [
            position.field, request.key.field, request.sequence.field,
            run.field, request.time.field,
            request.operation.rawValue.field, request.more.field, request.text.field,
            request.producer.field, request.producerSequence.field,
            request.producerTime.field, endpoint.field,
            request.isAcknowledged.field, model.field,
        ]
    }
}
