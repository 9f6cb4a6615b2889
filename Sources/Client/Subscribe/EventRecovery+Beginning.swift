import Wire

/// Where streams begin.
extension EventRecovery {
    /// A stream of which nothing has come before.
    func begin(_ stream: StreamID, _ event: EventMessage) throws -> FollowedStream {
        guard let position = try client.position(of: stream) else { throw stranger() }
        noteAnswered()
        if let followed = try beginning(of: stream, position) {
            if !isVerified {
                let all = followed.incarnation...position.incarnation
                guard try all.contains(where: { try isFound(event, stream, $0) }) else {
                    throw stranger()
                }
                isVerified = true
            }
            return followed
        }
        return try join(stream, event, position)
    }

    /// Where to begin with a stream of which all is to be shown; nil for others.
    func beginning(
        of stream: StreamID, _ last: PublishedPosition
    ) throws -> FollowedStream? {
        func isMeant(_ position: PublishedPosition) -> Bool {
            options.wantsHistory || position.began >= joined
        }
        guard isMeant(last) else { return nil }
        var first = last
        while first.incarnation > 0,
            let earlier = try client.position(of: stream, incarnation: first.incarnation - 1),
            isMeant(earlier)
        {
            first = earlier
        }
        return FollowedStream(
            incarnation: first.incarnation, next: options.wantsHistory ? first.first : [:],
            kinds: kinds, isFirm: true)
    }

    /// A stream that was there before is shown from here on: of each kind from the first event that
    /// comes, or from what has been published by now.
    private func join(
        _ stream: StreamID, _ event: EventMessage, _ position: PublishedPosition
    ) throws -> FollowedStream {
        let kind = event.topic.kind
        let earliest = position.incarnation - min(position.incarnation, Self.mostEarlier)
        let found = try (earliest...position.incarnation).filter { try isFound(event, stream, $0) }
        guard let incarnation = found.last else { throw stranger() }
        isVerified = true
        let there = try client.position(of: stream, incarnation: incarnation) ?? position
        let all = found.count == 1 && there.began >= joined
        var next = all ? [:] : there.next
        if !all { next[kind] = event.sequence }
        var followed = FollowedStream(
            incarnation: incarnation, next: next, kinds: kinds, isFirm: all)
        if found.count > 1 { followed.oldest = found[0] }
        return followed
    }

    /// Incarnations before the last one that an event on its way may be of.
    static var mostEarlier: UInt64 { 8 }

    func stranger() -> ClientError {
        .unavailable(
            options.control,
            "the events from \(subscription.endpoint) are not those of output \(options.output) of "
                + "this daemon; --control and --output name another")
    }

    /// Whether the incarnation has just this event.
    func isFound(
        _ event: EventMessage, _ stream: StreamID, _ incarnation: UInt64
    ) throws -> Bool {
        var cursor = BackfillClient.Cursor(
            stream, incarnation, [event.topic.kind: event.sequence..<event.sequence + 1])
        do {
            return try client.next(&cursor)?.first?.body == event.body
        } catch let error as ClientError where error.isRefusal(of: Self.notThere) {
            return false
        }
    }
}
