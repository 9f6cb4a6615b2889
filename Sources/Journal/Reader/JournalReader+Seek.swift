internal import GRDB
package import Storage

/// A place in an incarnation of a stream to look for.
package enum SeekTarget: Equatable, Sendable {
    /// After so many tokens of this incarnation.
    case token(UInt64)
    /// Seconds since 1970.
    case time(Double)
    case epoch(UInt64)
}

extension JournalReader {
    /// The first of an incarnation's requests that reaches `target`: accepted at that time or later, or
    /// after which there are so many tokens or that epoch. Nil where none has come so far.
    ///
    /// Found by halving, so that an incarnation of a million requests takes twenty steps.
    package func firstSequence(
        of key: StreamKey, reaching target: SeekTarget
    ) throws(StorageError) -> UInt64? {
        try read { db, _ in
            guard let row = try StreamRow.read(db, key) else { return nil }
            var (low, high) = (row.cut, try Self.status(db, row).nextSequence)
            var found: UInt64?
            while low < high {
                let middle = low + (high - low) / 2
                guard let (sequence, isReached) = try Self.probe(db, key, middle, target),
                    sequence < high
                else {
                    high = middle
                    continue
                }
                if isReached {
                    found = sequence
                    high = middle
                } else {
                    low = sequence + 1
                }
            }
            return found
        }
    }

    /// The first request from `sequence` on that is known to have reached `target` or not.
    private static func probe(
        _ db: Database, _ key: StreamKey, _ sequence: UInt64, _ target: SeekTarget
    ) throws -> (sequence: UInt64, isReached: Bool)? {
        let place = [key.field, sequence.field]
        if case .time(let time) = target {
            let row = try RequestRow.fetchOne(
                db, "request WHERE stream = ? AND sequence >= ? ORDER BY sequence", place)
            return row.map { ($0.request.sequence, $0.request.time >= time) }
        }
        let statement = try db.cachedStatement(
            sql: outcomeSelection + " WHERE stream = ? AND sequence >= ? ORDER BY sequence LIMIT 1")
        guard let row = try Row.fetchOne(statement, arguments: StatementArguments(place)) else {
            return nil
        }
        let (outcome, found) = try outcome(row, of: key)
        switch target {
        case .token(let token): return (found, outcome.outcome.tokens >= token)
        case .epoch(let epoch): return (found, outcome.outcome.epoch >= epoch)
        case .time: return nil
        }
    }

    /// Outcomes with their requests' sequences: by request, so that they come in its order.
    static let outcomeSelection = """
        SELECT \(OutcomeRow.table.selection), request.sequence
        FROM request CROSS JOIN outcome ON outcome.position = request.position
        """

    static func outcome(
        _ row: Row, of key: StreamKey
    ) throws -> (OutcomeRow, sequence: UInt64) {
        guard case .int64(let sequence)? = row.databaseValues.last?.storage else {
            throw RowDamage(part: "request", "its sequence has the wrong type")
        }
        return (try OutcomeRow(row), try count(sequence, of: key))
    }
}
