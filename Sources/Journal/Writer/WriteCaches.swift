internal import GRDB
internal import Names
internal import Storage
internal import Wire

/// What the writer need not ask the database for again. Forgotten when a transaction fails, since
/// it may hold what was never committed.
final class WriteCaches {
    /// Of each kind so many are kept, then all are asked for again.
    private static let limit = 65_536

    private var models: [[UInt8]: ModelRow] = [:]
    private var labels: [Name: Int64] = [:]
    private var names: [StreamKey: StreamID] = [:]
    /// Requests whose outcome is still to come.
    private var positions: [StreamKey: [UInt64: Int64]] = [:]
    private var positionCount = 0

    func forget() {
        models = [:]
        labels = [:]
        names = [:]
        positions = [:]
        positionCount = 0
    }

    /// The number of a model, which is made where there is none.
    ///
    /// - Parameter folder: nil leaves it as it is.
    func model(_ db: Database, _ fingerprint: [UInt8], folder: String? = nil) throws -> Int64 {
        if let known = models[fingerprint],
            folder.map({ Name($0) == Name(known.model.folder) }) ?? true
        {
            return known.id
        }
        let stored = try ModelRow.fetchOne(
            db, "model WHERE fingerprint = ?", [fingerprint.field])
        let id = try stored?.id ?? nextID(db, "model")
        let row = ModelRow(
            id: id,
            model: ModelRecord(
                fingerprint: fingerprint, folder: folder ?? stored?.model.folder ?? ""))
        if stored == nil { try row.insert(into: db) } else { try row.update(in: db) }
        models[fingerprint] = row
        return id
    }

    /// The number of a text, which is made where there is none.
    func label(_ db: Database, _ text: String) throws -> Int64 {
        if let id = labels[Name(text)] { return id }
        let stored = try LabelRow.fetchOne(db, "label WHERE text = ?", [text.field])
        let row = try stored ?? LabelRow(id: nextID(db, "label"), text: text)
        if stored == nil { try row.insert(into: db) }
        if labels.count >= Self.limit { labels = [:] }
        labels[Name(text)] = row.id
        return row.id
    }

    func name(_ db: Database, of key: StreamKey) throws -> StreamID {
        if let name = names[key] { return name }
        guard let row = try StreamRow.read(db, key) else {
            throw RowDamage(part: "stream, id \(key)", "it is missing")
        }
        remember(row.incarnation)
        return row.incarnation.name
    }

    func remember(_ incarnation: StreamIncarnation) {
        if names.count >= Self.limit { names = [:] }
        names[incarnation.key] = incarnation.name
    }

    func remember(_ key: StreamKey, _ sequence: UInt64, at position: Int64) {
        if positionCount >= Self.limit {
            positions = [:]
            positionCount = 0
        }
        positions[key, default: [:]][sequence] = position
        positionCount += 1
    }

    /// The position of a request whose outcome is here.
    func takePosition(_ db: Database, _ key: StreamKey, _ sequence: UInt64) throws -> Int64 {
        if let position = positions[key]?.removeValue(forKey: sequence) {
            positionCount -= 1
            if positions[key]?.isEmpty == true { positions[key] = nil }
            return position
        }
        let statement = try db.cachedStatement(
            sql: "SELECT position FROM request WHERE stream = ? AND sequence = ?")
        let arguments = StatementArguments([key.field, sequence.field])
        guard let position = try Int64.fetchOne(statement, arguments: arguments) else {
            throw RowDamage(
                part: "request, stream \(key), sequence \(sequence)",
                "it is missing, but its outcome has come")
        }
        return position
    }

    func nextID(_ db: Database, _ table: String) throws -> Int64 { try lastID(db, table) + 1 }

    /// 0 where there is none.
    func lastID(_ db: Database, _ table: String) throws -> Int64 {
        // A row beyond, which the check reports, is in the way of no other.
        let statement = try db.cachedStatement(
            sql: "SELECT max(id) FROM \(table) WHERE id >= 0 AND id < \(FieldReader.largest)")
        return try Int64.fetchOne(statement) ?? 0
    }
}
