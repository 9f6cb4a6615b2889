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
        for index in streams.values.indices {
            // The daemon may repeat events of the incarnation before.
            let oldest = max(1, streams.values[index].incarnation) - 1
            streams.values[index].oldest = min(streams.values[index].oldest, oldest)
            streams.values[index].isRecovering = true
        }
        mayHideStreams = true
    }

    /// Shows all that each stream has published before.
    func showHistory() throws {
        guard options.wantsHistory else { return }
        mayHideStreams = true
        try check(isLast: true)
    }

    /// Asks the daemon what it has published, now and then.
    ///
    /// - Parameter isLast: nothing is waited for that may be on its way.
    func check(isLast: Bool = false) throws {
        guard isLast ? retryTime != nil : isReady && nextCheck <= .now else { return }
        if isLast {
            client.failAtOnce()
            mayHideStreams = true
        }
        do {
            if mayHideStreams { try findStreams() }
            // In any order, so that each has its turn.
            let names = unchecked.shuffled().prefix(isLast ? .max : Self.checksAtOnce)
            for name in names where !shown.hasEnough {
                if try check(name, isLast) { unchecked.remove(name) }
            }
            noteAnswered()
        } catch let error as ClientError {
            try noteProblem(error)
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
            let followed = try beginning(of: stream, position)
        else { return }
        follow(name, followed)
        unchecked.insert(name)
    }

    /// True if nothing is missing.
    private func check(_ name: Name, _ isLast: Bool) throws -> Bool {
        guard let stream = try? StreamID("\(name)"),
            var followed = streams.removeValue(forKey: name)
        else { return true }
        defer { streams[name] = followed }
        guard let position = try client.position(of: stream, waits: isLast) else {
            return try noteGone(&followed, stream)
        }
        guard !position.pending || isLast else { return false }
        guard position.incarnation == followed.incarnation, !followed.isUnsettled else {
            try reconcile(&followed, with: position, of: stream)
            return false
        }
        return try complete(&followed, position, stream, isLast)
    }

    /// Shows what had been published when the daemon was asked before, and has not come since.
    private func complete(
        _ followed: inout FollowedStream, _ position: PublishedPosition, _ stream: StreamID,
        _ isLast: Bool
    ) throws -> Bool {
        let present = (position.incarnation, position.next)
        let due = isLast ? present : followed.published
        followed.published = present
        if let due, due.incarnation == position.incarnation {
            let missing = followed.missing(before: due.next)
            if !missing.isEmpty {
                mayHideStreams = true
                followed.isRecovering = true
                try show(missing, of: stream, &followed)
            }
        }
        followed.noteVerified()
        return followed.missing(before: position.next).isEmpty
    }

    /// Nothing of the stream is in the store any more.
    private func noteGone(
        _ followed: inout FollowedStream, _ stream: StreamID
    ) throws(OutputError) -> Bool {
        guard let due = followed.published, due.incarnation == followed.incarnation else {
            return true
        }
        let missing = followed.missing(before: due.next)
        for (kind, range) in missing {
            try shown.noteMissing(
                range.upperBound - range.lowerBound, of: Topic(kind, stream: Name(stream.text)),
                because: "nothing of the stream is in the store any more")
        }
        followed.skip(missing)
        return true
    }

    // MARK: Comparison

    /// The stream began anew, or events were shown that may not be those that their numbers say. Shows
    /// all that the daemon has published and that is not among what was shown.
    func reconcile(
        _ followed: inout FollowedStream, with position: PublishedPosition, of stream: StreamID
    ) throws {
        mayHideStreams = true
        followed.isRecovering = true
        guard position.incarnation >= followed.incarnation else {
            try shown.note(
                "the daemon's store has fewer lives of \(stream.text) than before: what was missed "
                    + "of earlier ones is not known")
            followed = FollowedStream(
                incarnation: position.incarnation,
                next: position.began >= joined ? [:] : position.next, kinds: kinds, isFirm: true)
            return
        }
        try finish(&followed, before: position.incarnation, stream)
        try compare(&followed, before: position.next, of: stream)
        guard !shown.hasEnough else { return }
        followed.noteVerified()
    }

    /// Shows what has not been shown of the incarnation. Where it ends early, it can be called again.
    ///
    /// - Parameter end: nil for all that was published.
    func compare(
        _ followed: inout FollowedStream, before end: [EventKind: UInt64]?, of stream: StreamID
    ) throws {
        var cursor = BackfillClient.Cursor(
            stream, followed.incarnation, followed.unverified(before: end))
        while !shown.hasEnough, let page = try nextPage(&cursor, followed) {
            for event in page where !shown.hasEnough {
                let digest = event.body.digest
                if followed.verify(event.topic.kind, event.sequence, digest) {
                    try shown.show(event)
                }
            }
        }
        guard !shown.hasEnough, let end else { return }
        for (kind, number) in end { followed.verify(kind, before: number) }
    }
}
