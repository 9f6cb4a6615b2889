internal import GRDB
package import Storage
package import Wire

extension JournalReader {
    package func backlog(of stream: StreamID) throws(StorageError) -> StreamBacklog? {
        try read { db, names in try Self.backlog(db, names, stream) }
    }

    private static func backlog(
        _ db: Database, _ names: ReadNames, _ stream: StreamID
    ) throws -> StreamBacklog? {
        guard let last = try latest(db, stream), last.ended == nil else { return nil }
        let open = try openIncarnations(db, upTo: last)
        let first = open[0].incarnation
        let checkpoint = try checkpoint(db, names, "stream = ?", [first.key.field])
        var unread = try entries(db, names, first, from: checkpoint?.sequence ?? 0)
        for later in open.dropFirst() { unread += try entries(db, names, later.incarnation) }
        let latest = try status(db, last)
        let lastRequest = try requests(
            db, names, last.incarnation.key, from: max(1, latest.nextSequence) - 1, limit: 1
        ).last
        return StreamBacklog(
            first: first, latest: latest, checkpoint: checkpoint, unread: unread,
            lastOperation: lastRequest?.operation, producers: try producers(db, stream))
    }

    static func latest(_ db: Database, _ stream: StreamID) throws -> StreamRow? {
        try StreamRow.fetchOne(
            db, "stream WHERE name = ? ORDER BY life DESC", [stream.text.field])
    }

    /// The incarnations of a name that were not read to their end, in order.
    private static func openIncarnations(
        _ db: Database, upTo last: StreamRow
    ) throws -> [StreamRow] {
        var open = [last]
        while open[0].incarnation.number > 0,
            let earlier = try row(db, open[0].incarnation.number - 1, of: last.incarnation.name),
            earlier.ended == nil
        {
            open.insert(earlier, at: 0)
        }
        return open
    }

    private static func entries(
        _ db: Database, _ names: ReadNames, _ incarnation: StreamIncarnation,
        from sequence: UInt64 = 0
    ) throws -> [StreamBacklog.Entry] {
        let outcomes = Dictionary(
            try outcomes(db, names, incarnation.key, from: sequence).map { ($0.sequence, $0) }
        ) { $1 }
        return try requests(db, names, incarnation.key, from: sequence).map {
            StreamBacklog.Entry(
                request: $0, incarnation: incarnation, outcome: outcomes[$0.sequence])
        }
    }
}
