internal import GRDB
package import Storage
package import Wire

extension JournalReader {
    package func backlog(of stream: StreamID) throws(StorageError) -> StreamBacklog? {
        try read { try $0.backlog(of: stream) }
    }
}

extension ReadTransaction {
    fileprivate func backlog(of name: StreamID) throws -> StreamBacklog? {
        guard let last = try latestStream(of: name), last.ended == nil else { return nil }
        let open = try openStreams(upTo: last)
        let first = open[0].incarnation
        let checkpoint = try checkpoint("stream = ?", [first.key.field])
        var unread = try entries(of: first, from: checkpoint?.sequence ?? 0)
        for later in open.dropFirst() { unread += try entries(of: later.incarnation) }
        let latest = try last.status(db)
        let lastRequest = try requests(
            of: last.incarnation.key, from: max(1, latest.nextSequence) - 1, limit: 1
        ).last
        return StreamBacklog(
            first: first, latest: latest, checkpoint: checkpoint, unread: unread,
            lastOperation: lastRequest?.operation, producers: try producers(of: name))
    }

    /// The incarnations of a name that were not read to their end, in order.
    private func openStreams(upTo last: StreamRow) throws -> [StreamRow] {
        var open = [last]
        while open[0].incarnation.number > 0,
            let earlier = try stream(open[0].incarnation.number - 1, of: last.incarnation.name),
            earlier.ended == nil
        {
            open.insert(earlier, at: 0)
        }
        return open
    }

    private func entries(
        of incarnation: StreamIncarnation, from sequence: UInt64 = 0
    ) throws -> [StreamBacklog.Entry] {
        let outcomes = Dictionary(
            try outcomes(of: incarnation.key, from: sequence).map { ($0.sequence, $0) }
        ) { $1 }
        return try requests(of: incarnation.key, from: sequence).map {
            StreamBacklog.Entry(
                request: $0, incarnation: incarnation, outcome: outcomes[$0.sequence])
        }
    }
}
