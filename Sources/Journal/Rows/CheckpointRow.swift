internal import GRDB
internal import Storage

struct CheckpointRow: TableRow {
    static let table = Table(
        "checkpoint",
        [
            "id", "stream", "sequence", "text_position", "epoch", "tokens", "time", "temporary",
            "model", "snapshot",
        ], identity: [0, 1, 2])

    let id: Int64
    /// Its model is in `model`.
    var checkpoint: CheckpointRecord
    let model: Int64

    var values: [DatabaseValue] {
        [
            id.field, checkpoint.key.field, checkpoint.sequence.field, checkpoint.position.field,
            checkpoint.epoch.field, checkpoint.tokens.field, checkpoint.time.field,
            checkpoint.isTemporary.field, model.field, checkpoint.snapshot.field,
        ]
    }
}

extension CheckpointRow {
    init(_ fields: inout FieldReader) throws {
        id = try fields.key()
        checkpoint = CheckpointRecord(
            key: try fields.key(), sequence: try fields.count(), position: try fields.count(),
            epoch: try fields.count(), tokens: try fields.count(), time: try fields.time(),
            isTemporary: try fields.boolean(), model: [], snapshot: [])
        model = try fields.key()
        checkpoint.snapshot = try fields.bytes()
    }
}
