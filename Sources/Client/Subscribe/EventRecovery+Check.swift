import Files
import Names
import Wire

/// What does not show by the numbers of events that come.
extension EventRecovery {
    private static var checkInterval: Duration { .seconds(1) }
    private static var checksAtOnce: Int { 50 }

    /// When to check next; nil where nothing is to be checked.
    var nextCheckTime: ContinuousClock.Instant? {
        guard !unchecked.isEmpty || mayHideStreams, let retry = retryTime else { return nil }
        return max(nextCheck, retry)
    }

    /// After a lost connection anything may be missing.
    func noteDisconnection() {
        unchecked.formUnion(streams.keys)
        mayHideStreams = true
    }

    /// Shows all that each stream has published before.
    func showHistory(_ tracker: inout SequenceTracker) throws {
        guard options.wantsHistory else { return }
        mayHideStreams = true
        try check(&tracker, isLast: true)
    }

    /// Asks the daemon what it has published, now and then.
    ///
    /// - Parameter isLast: nothing is waited for that may be on its way.
    func check(_ tracker: inout SequenceTracker, isLast: Bool = false) throws {
        guard isLast ? retryTime != nil : isReady && nextCheck <= .now else { return }
        if isLast { client.failAtOnce() }
        do {
            if mayHideStreams { try findStreams() }
            // In any order, so that each has its turn.
            let names = unchecked.shuffled().prefix(isLast ? .max : Self.checksAtOnce)
            for name in names where !shown.hasEnough {
                if try check(name, &tracker, isLast) { unchecked.remove(name) }
            }
            noteAnswered()
        } catch let error as ClientError {
            noteProblem(error)
            if isLast, !unchecked.isEmpty, retryTime != nil {
                try shown.note("whether events are missing at the end is not known: \(error)")
            }
        }
        nextCheck = .now + Self.checkInterval
    }

    /// Streams that have begun since the subscriber joined, or for a history, all.
    private func findStreams() throws {
        // One that is not remembered would be taken for one of which nothing was shown.
        guard !hasForgotten else { return }
        var after: String?
        repeat {
            let page = try client.streams(prefix: subscription.stream?.text ?? "", after: after)
            for entry in page.streams where subscription.isMeant(entry.stream) {
                try note(entry)
            }
            after = page.next
        } while after != nil
        mayHideStreams = false
    }

    private func note(_ entry: ListedStreams.Entry) throws {
        let name = Name(entry.stream)
        let isRecent = entry.lastInput.map { $0 >= joined } ?? false
        guard streams[name] == nil, isRecent || options.wantsHistory,
            let stream = try? StreamID(entry.stream),
            let position = try client.position(of: stream),
            options.wantsHistory || position.began >= joined
        else { return }
        follow(
            name,
            FollowedStream(
                incarnation: position.incarnation, next: position.first, begun: kinds))
        unchecked.insert(name)
    }

    /// True if nothing is missing.
    private func check(
        _ name: Name, _ tracker: inout SequenceTracker, _ isLast: Bool
    ) throws -> Bool {
        guard var followed = streams[name], let stream = try? StreamID("\(name)") else {
            return true
        }
        defer { streams[name] = followed }
        try fillHoles(of: stream, &followed, &tracker)
        guard let position = try client.position(of: stream, waits: isLast) else { return true }
        guard !position.pending || isLast else { return false }
        guard position.incarnation >= followed.incarnation else { return false }
        return try isComplete(&followed, position, stream, &tracker, isLast)
    }

    private func isComplete(
        _ followed: inout FollowedStream, _ position: PublishedPosition, _ stream: StreamID,
        _ tracker: inout SequenceTracker, _ isLast: Bool
    ) throws -> Bool {
        let present = (position.incarnation, position.next)
        let due = isLast ? present : followed.published
        followed.published = present
        guard let due, due.incarnation == position.incarnation else { return false }
        guard due.incarnation == followed.incarnation, !followed.isUnsettled else {
            try reconcile(&followed, with: position, of: stream, &tracker)
            return true
        }
        let missing = followed.missing(of: kinds, before: due.next)
        if !missing.isEmpty {
            mayHideStreams = true
            try show(missing, of: stream, &followed, &tracker)
        }
        followed.noteVerified()
        return followed.missing(of: kinds, before: position.next).isEmpty
    }

    /// What could not be recovered before.
    private func fillHoles(
        of stream: StreamID, _ followed: inout FollowedStream, _ tracker: inout SequenceTracker
    ) throws {
        while let hole = followed.holes.first, !shown.hasEnough {
            var cursor = BackfillClient.Cursor(
                stream, followed.incarnation, [hole.kind: hole.range])
            while !shown.hasEnough, let page = try nextPage(&cursor) {
                for event in page
                where tracker.noteRecovered(event.topic, event.sequence, body: event.body) {
                    try shown.show(event)
                }
                if let rest = cursor.ranges[hole.kind] { followed.holes[0].range = rest }
            }
            followed.holes.removeFirst()
        }
    }

    /// Another incarnation began while the daemon could not be asked.
    func settle(
        _ followed: inout FollowedStream, of stream: StreamID, _ tracker: inout SequenceTracker
    ) throws {
        try fillHoles(of: stream, &followed, &tracker)
        guard let position = try client.position(of: stream) else { return followed.settle() }
        try reconcile(&followed, with: position, of: stream, &tracker)
    }

    /// The stream began anew, and no number showed it: what came since the last check may be of either
    /// incarnation. All that is not among it is shown.
    private func reconcile(
        _ followed: inout FollowedStream, with position: PublishedPosition, of stream: StreamID,
        _ tracker: inout SequenceTracker
    ) throws {
        while followed.incarnation <= position.incarnation {
            let isLast = followed.incarnation == position.incarnation
            let end =
                isLast ? position.next : Dictionary(kinds.map { ($0, UInt64.max) }) { $1 }
            let ranges = followed.uncertain(of: kinds, before: end)
            try showUnknown(ranges, of: stream, &followed, &tracker)
            if isLast { break }
            followed.beginNext(kinds)
        }
        for kind in kinds { tracker.forget(Topic(kind, stream: Name(stream.text))) }
        followed = FollowedStream(
            incarnation: position.incarnation, next: position.next, begun: kinds)
    }

    /// Shows of these what has not come. Where it ends early, it can continue.
    private func showUnknown(
        _ ranges: [EventKind: Range<UInt64>], of stream: StreamID,
        _ followed: inout FollowedStream, _ tracker: inout SequenceTracker
    ) throws {
        var cursor = BackfillClient.Cursor(stream, followed.incarnation, ranges)
        while !shown.hasEnough, let page = try nextPage(&cursor) {
            for event in page {
                if !tracker.has(event.topic, event.sequence, body: event.body) {
                    try shown.show(event)
                }
                followed.noteVerified(event.topic.kind, before: event.sequence + 1)
            }
        }
    }
}
