internal import GRDB
package import Storage
internal import Wire

extension JournalReader {
    package func summaries(
        _ selection: SummarySelection, passedOver: (StorageError) -> Void
    ) throws(StorageError) -> [IncarnationSummary] {
        try read { transaction in
            let rows = try Self.rows(transaction.db, selection)
            var page: [IncarnationSummary] = []
            while page.count < selection.limit, let row = try rows.next() {
                guard let incarnation = StreamRow.readableIncarnation(row) else {
                    passedOver(self.damage(of: row))
                    continue
                }
                page.append(try self.summary(transaction, incarnation, row))
            }
            return page
        }
    }

    private static func rows(_ db: Database, _ selection: SummarySelection) throws -> RowCursor {
        let prefix = Array(selection.prefix.utf8)
        var conditions = ["name >= CAST(? AS TEXT)"]
        if !selection.includesEnded { conditions.append("ended IS NULL") }
        var arguments = [prefix.field]
        if let final = prefix.last {
            // No byte of UTF-8 is 255.
            conditions.append("name < CAST(? AS TEXT)")
            arguments.append((prefix.dropLast() + [final + 1]).field)
        }
        if let last = selection.after {
            conditions.append("(name, life) > (?, ?)")
            arguments += [last.name.text.field, last.number.field]
        }
        let condition = conditions.joined(separator: " AND ")
        return try Row.fetchCursor(
            db,
            sql: """
                SELECT \(StreamRow.table.selection) FROM stream WHERE \(condition)
                ORDER BY name, life
                """, arguments: StatementArguments(arguments))
    }

    private func damage(of row: Row) -> StorageError {
        do {
            _ = try StreamRow(row)
        } catch {
            return StorageError(error, in: path)
        }
        return StorageError(.damaged, in: path, part: "stream", "its name is not a stream's")
    }

    private func summary(
        _ transaction: ReadTransaction, _ incarnation: StreamIncarnation, _ row: Row
    ) throws -> IncarnationSummary {
        do {
            return try Self.summary(transaction, StreamRow(row))
        } catch let damage as RowDamage {
            var summary = IncarnationSummary(incarnation)
            summary.damage = StorageError(damage, in: path)
            return summary
        }
    }

    private static func summary(
        _ transaction: ReadTransaction, _ row: StreamRow
    ) throws -> IncarnationSummary {
        let db = transaction.db
        let key = row.incarnation.key.field
        let kept = "request WHERE stream = ? AND sequence >= ? ORDER BY sequence"
        let first = try RequestRow.fetchOne(db, kept, [key, row.cut.field])
        let last = try RequestRow.fetchOne(db, kept + " DESC", [key, row.cut.field])
        let outcome = try OutcomeRow.fetchOne(
            db,
            """
            request CROSS JOIN outcome ON outcome.position = request.position
            WHERE stream = ? ORDER BY sequence DESC
            """, [key])?.outcome
        let checkpoint = try latest(db, row.incarnation.key)
        let model = last?.model ?? checkpoint?.model
        var summary = IncarnationSummary(row.incarnation)
        (summary.ended, summary.cut) = (row.ended, row.cut)
        summary.requests = last.map { $0.request.sequence - row.cut + 1 } ?? 0
        summary.firstTime = first?.request.time
        summary.lastInput = try lastInput(db, row, last: last)?.request.time
        summary.tokens = max(outcome?.tokens ?? 0, checkpoint?.checkpoint.tokens ?? 0)
        summary.epoch = max(outcome?.epoch ?? 0, checkpoint?.checkpoint.epoch ?? 0)
        summary.model = try model.map { try transaction.names.model(db, $0) }
        summary.lastOperation = last?.request.operation
        return summary
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
            """, [row.incarnation.key.field, row.cut.field])
    }

    private static func latest(_ db: Database, _ key: StreamKey) throws -> CheckpointRow? {
        try CheckpointRow.fetchOne(
            db, "checkpoint WHERE stream = ? ORDER BY sequence DESC, text_position DESC",
            [key.field])
    }
}
