internal import GRDB
package import Wire

/// One life of a stream as a list shows it.
package struct StreamSummary: Equatable, Sendable {
    package let life: StreamLife
    /// When it ended; nil while it lives.
    package var ended: Double?
    /// Requests before this sequence have been forgotten.
    package var cut: UInt64 = 0
    /// How many are kept.
    package var requests: UInt64 = 0
    /// When the first of them was accepted; nil where none is kept.
    package var firstTime: Double?
    /// When the last one from outside was accepted: not what the daemon decided itself.
    package var lastInput: Double?
    /// After the last request whose outcome is known, or at the last checkpoint.
    package var tokens: UInt64 = 0
    package var epoch: UInt64 = 0
    /// The fingerprint of the model that read last; nil before the first request.
    package var model: [UInt8]?
    /// What it was asked last.
    package var lastOperation: Request.Operation?
    /// What is not as it was written; the rest is then not known.
    package var damage: JournalError?
}

extension JournalReader {
    /// The lives of all streams, by name and life. One whose rows are damaged is among them.
    ///
    /// - Parameter prefix: of the names to list.
    /// - Parameter last: the last life of the page before.
    /// - Parameter includesEnded: also those that are over.
    /// - Parameter passedOver: hears of rows that are damaged in the stream's name, and are not listed.
    package func streams(
        prefix: String = "", after last: StreamLife? = nil, limit: Int = .max,
        includesEnded: Bool = true, passedOver: (JournalError) -> Void = { _ in }
    ) throws(JournalError) -> [StreamSummary] {
        try read { db, names in
            let rows = try Self.rows(db, Array(prefix.utf8), last, includesEnded)
            var page: [StreamSummary] = []
            while page.count < limit, let row = try rows.next() {
                guard let life = StreamRow.readableLife(row) else {
                    passedOver(self.damage(of: row))
                    continue
                }
                page.append(try self.summary(db, names, life) { try StreamRow(row) })
            }
            return page
        }
    }

    private static func rows(
        _ db: Database, _ prefix: [UInt8], _ last: StreamLife?, _ includesEnded: Bool
    ) throws -> RowCursor {
        var conditions = ["name >= CAST(? AS TEXT)"]
        if !includesEnded { conditions.append("ended IS NULL") }
        var arguments = [prefix.field]
        if let final = prefix.last {
            // No byte of UTF-8 is 255.
            conditions.append("name < CAST(? AS TEXT)")
            arguments.append((prefix.dropLast() + [final + 1]).field)
        }
        if let last {
            conditions.append("(name, life) > (?, ?)")
            arguments += [last.name.text.field, last.life.field]
        }
        let condition = conditions.joined(separator: " AND ")
        return try Row.fetchCursor(
            db,
            sql: """
                SELECT \(StreamRow.table.selection) FROM stream WHERE \(condition)
                ORDER BY name, life
                """, arguments: StatementArguments(arguments))
    }

    private func damage(of row: Row) -> JournalError {
        do {
            _ = try StreamRow(row)
        } catch {
            return JournalError(error, file: path)
        }
        return JournalError(.damaged, file: path, part: "stream", "its name is no stream's")
    }

    private func summary(
        _ db: Database, _ names: ReadNames, _ life: StreamLife, _ row: () throws -> StreamRow
    ) throws -> StreamSummary {
        do {
            return try Self.summary(db, names, row())
        } catch let damage as RowDamage {
            return StreamSummary(life: life, damage: JournalError(damage, file: path))
        }
    }

    private static func summary(
        _ db: Database, _ names: ReadNames, _ row: StreamRow
    ) throws -> StreamSummary {
        let key = row.life.key.field
        let kept = "request WHERE stream = ? AND sequence >= ? ORDER BY sequence"
        let first = try RequestRow.fetchOne(db, kept, [key, row.cut.field])
        let last = try RequestRow.fetchOne(db, kept + " DESC", [key, row.cut.field])
        let outcome = try OutcomeRow.fetchOne(
            db,
            """
            request CROSS JOIN outcome ON outcome.position = request.position
            WHERE stream = ? ORDER BY sequence DESC
            """, [key])?.outcome
        let checkpoint = try latest(db, row.life.key)
        let model = last?.model ?? checkpoint?.model
        return StreamSummary(
            life: row.life, ended: row.ended, cut: row.cut,
            requests: last.map { $0.request.sequence - row.cut + 1 } ?? 0,
            firstTime: first?.request.time,
            lastInput: try lastInput(db, row, last: last)?.request.time,
            tokens: max(outcome?.tokens ?? 0, checkpoint?.checkpoint.tokens ?? 0),
            epoch: max(outcome?.epoch ?? 0, checkpoint?.checkpoint.epoch ?? 0),
            model: try model.map { try names.model(db, $0) },
            lastOperation: last?.request.operation)
    }

    /// The last request that is kept and came from outside; see `Request.Operation.isInput`.
    private static func lastInput(
        _ db: Database, _ row: StreamRow, last: RequestRow?
    ) throws -> RequestRow? {
        if let last, last.request.operation.isInput(endpoint: last.endpoint.map { "\($0)" }) {
            return last
        }
        let own = Request.Operation.allCases.filter { !$0.isInput(endpoint: "") }
            .map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try RequestRow.fetchOne(
            db,
            """
            request WHERE stream = ? AND sequence >= ? AND op NOT IN (\(own))
                AND (op <> 'flush' OR endpoint IS NOT NULL) ORDER BY sequence DESC
            """, [row.life.key.field, row.cut.field])
    }

    private static func latest(_ db: Database, _ key: StreamKey) throws -> CheckpointRow? {
        try CheckpointRow.fetchOne(
            db, "checkpoint WHERE stream = ? ORDER BY sequence DESC, text_position DESC",
            [key.field])
    }
}
