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
}
