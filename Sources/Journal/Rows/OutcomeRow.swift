internal import GRDB
internal import Storage

struct OutcomeRow: TableRow {
    static let table = Table(
        "outcome",
        [
            "position", "epoch", "tokens", "offset", "state_digest", "events_digest", "audience",
        ], identity: [0])

    let position: Int64
    /// Its key and sequence are its request's, its audience is in `audience`.
    var outcome: OutcomeRecord
    let audience: Int64

    var values: [DatabaseValue] {
        [
            position.field, outcome.epoch.field, outcome.tokens.field, outcome.offset.field,
            outcome.stateDigest.field, outcome.eventsDigest.field,
            audience.field,
        ]
    }
}

extension OutcomeRow {
    init(_ fields: inout FieldReader) throws {
        position = try fields.key()
        outcome = OutcomeRecord(
            key: 0, sequence: 0, epoch: try fields.count(), tokens: try fields.count(),
            offset: try fields.count(), stateDigest: try fields.bytes(),
            eventsDigest: try fields.optional { fields throws(RowDamage) in try fields.bytes() },
            audience: "")
        audience = try fields.key()
    }
}
