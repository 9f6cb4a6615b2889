internal import GRDB

/// A request that recovery looks at, with the life it belongs to.
package struct TailRequest: Equatable, Sendable {
    /// Its place in the order of all requests.
    package let position: Int64
    package let life: StreamLife
    /// Whether that life is over.
    package let isEnded: Bool
    package let request: RequestRecord

    package init(position: Int64, life: StreamLife, isEnded: Bool, request: RequestRecord) {
        self.position = position
        self.life = life
        self.isEnded = isEnded
        self.request = request
    }
}

extension JournalReader {
    /// How many requests there are at or after the horizon.
    package func tailCount() throws(JournalError) -> Int {
        try read { db, _ in
            let horizon = try JournalRow.read(db).horizon
            return try Int.fetchOne(
                db, sql: "SELECT count(*) FROM request WHERE position >= ?",
                arguments: [horizon]) ?? 0
        }
    }

    /// The requests at or after the horizon in the order of their positions, in batches.
    ///
    ///     var tail = try reader.tail()
    ///     while let batch = try tail.next() { … }
    package func tail(batch: Int = 1024) throws(JournalError) -> JournalTail {
        JournalTail(reader: self, from: try horizon(), batch: batch)
    }
}

/// Goes through a store's requests from its horizon on.
package struct JournalTail {
    private let reader: JournalReader
    private var position: Int64
    private let batch: Int

    init(reader: JournalReader, from position: Int64, batch: Int) {
        self.reader = reader
        self.position = position
        self.batch = batch
    }

    /// - Returns: nil after the last.
    package mutating func next() throws(JournalError) -> [TailRequest]? {
        let (from, limit) = (position, batch)
        let found = try reader.read { db, names in
            try Self.fetch(db, names, from, limit)
        }
        guard let last = found.last else { return nil }
        position = last.position + 1
        return found
    }

    private static func fetch(
        _ db: Database, _ names: ReadNames, _ from: Int64, _ limit: Int
    ) throws -> [TailRequest] {
        let rows = try RequestRow.fetch(
            db, "request WHERE position >= ? ORDER BY position LIMIT ?",
            [from.field, Int64(limit).field])
        try checkPositions(rows, from: from)
        if rows.isEmpty { try checkEnd(db, from) }
        var streams: [StreamKey: StreamRow] = [:]
        return try rows.map { row in
            let key = row.request.key
            guard let stream = try streams[key] ?? StreamRow.read(db, key) else {
                throw RowDamage(part: "stream, id \(key)", "it is missing")
            }
            streams[key] = stream
            return TailRequest(
                position: row.position, life: stream.life, isEnded: stream.ended != nil,
                request: try names.request(db, row))
        }
    }

    private static func checkEnd(_ db: Database, _ next: Int64) throws {
        let last = try JournalRow.read(db).position
        guard last < next else {
            throw RowDamage(part: "request, position \(last)", "it is missing")
        }
    }

    /// Nothing at or after the horizon is ever deleted.
    private static func checkPositions(_ rows: [RequestRow], from first: Int64) throws {
        for (row, expected) in zip(rows, first...) where row.position != expected {
            throw RowDamage(part: "request, position \(expected)", "it is missing")
        }
    }
}
