internal import GRDB
internal import Storage

/// Models and labels by their numbers, each read once.
final class ReadNames {
    private var models: [Int64: [UInt8]] = [:]
    private var labels: [Int64: String] = [:]

    /// A model's fingerprint.
    func model(_ db: Database, _ id: Int64) throws -> [UInt8] {
        if let fingerprint = models[id] { return fingerprint }
        guard let row = try ModelRow.fetchOne(db, "model WHERE id = ?", [id.field]) else {
            throw RowDamage(part: "model, id \(id)", "it is missing")
        }
        models[id] = row.model.fingerprint
        return row.model.fingerprint
    }

    func label(_ db: Database, _ id: Int64) throws -> String {
        if let text = labels[id] { return text }
        guard let row = try LabelRow.fetchOne(db, "label WHERE id = ?", [id.field]) else {
            throw RowDamage(part: "label, id \(id)", "it is missing")
        }
        labels[id] = row.text
        return row.text
    }

    func request(_ db: Database, _ row: RequestRow) throws -> RequestRecord {
        var request = row.request
        request.model = try model(db, row.model)
        request.endpoint = try row.endpoint.map { try label(db, $0) }
        return request
    }

    func outcome(
        _ db: Database, _ row: OutcomeRow, _ key: StreamKey, _ sequence: UInt64
    ) throws -> OutcomeRecord {
        var outcome = row.outcome
        outcome.key = key
        outcome.sequence = sequence
        outcome.audience = try label(db, row.audience)
        return outcome
    }

    func checkpoint(_ db: Database, _ row: CheckpointRow) throws -> CheckpointRecord {
        var checkpoint = row.checkpoint
        checkpoint.model = try model(db, row.model)
        return checkpoint
    }
}
