internal import GRDB
package import Storage
package import Wire

extension JournalReader {
    /// Streams that have requests beyond their checkpoints, those with the fewest first: so most of them
    /// are soon where they were, whatever one of them has to read.
    ///
    /// No request's text is read. A stream whose row is damaged is left out; a
    /// request for it reports the damage.
    package func unfinishedStreams() throws(StorageError) -> [StreamID] {
        try read { transaction in
            let db = transaction.db
            let state = try StoreState.read(db)
            try Self.checkTail(db, state)
            let keys = try Int64.fetchAll(
                db,
                sql: """
                    SELECT stream FROM (
                        SELECT stream, min(position) AS first, max(sequence) AS last,
                            count(*) AS requests
                        FROM request NOT INDEXED WHERE position >= ? GROUP BY stream) AS tail
                    WHERE NOT EXISTS (
                        SELECT 1 FROM checkpoint INDEXED BY checkpoint_place
                        WHERE checkpoint.stream = tail.stream AND checkpoint.sequence > tail.last)
                    ORDER BY requests, first
                    """, arguments: [state.horizon])
            var known: Set<StreamID> = []
            return keys.compactMap { key in
                guard let row = try? StreamRow.read(db, key), row.ended == nil,
                    known.insert(row.incarnation.name).inserted
                else { return nil }
                return row.incarnation.name
            }
        }
    }

    /// Nothing at or after the horizon is ever deleted. What is missing must be known to be of certain
    /// streams: by gaps in their sequences, by which they are stopped when they are asked for, or by
    /// rows that have gone elsewhere.
    private static func checkTail(_ db: Database, _ state: StoreState) throws {
        let tail = "FROM request NOT INDEXED WHERE position >= ?1"
        let found =
            try Int64.fetchOne(
                db, sql: "SELECT count(*) \(tail) AND position <= ?2",
                arguments: [state.horizon, state.position]) ?? 0
        let expected = max(0, state.position - state.horizon + 1)
        guard found < expected else { return }
        let beyond =
            try Int64.fetchOne(
                db, sql: "SELECT count(*) \(tail)", arguments: [state.position + 1]) ?? 0
        guard try found + beyond + missingRequests(db) >= expected else {
            throw RowDamage(
                part: "request",
                "\(expected) are expected from position \(state.horizon) on, and \(found) are there"
            )
        }
    }

    /// Gaps in the sequences of all streams.
    private static func missingRequests(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT total(missing) FROM (
                    SELECT max(request.sequence) - stream.cut + 1 - count(*) AS missing
                    FROM request JOIN stream ON stream.id = request.stream
                    WHERE request.sequence >= stream.cut GROUP BY stream.id)
                WHERE missing > 0
                """) ?? 0
    }
}
