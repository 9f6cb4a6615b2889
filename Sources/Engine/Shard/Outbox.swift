import Dispatch
import Wire

/// Encodes events once and sorts them by the outputs that want them.
struct Outbox {
    private let profiles: [OutputProfile]
    private let fragments: TokenFragments
    private var writer: EventWriter
    private(set) var frames: [EventFrames]
    private let readsWholeMessages: Bool
    private let digestsEvents: Bool
    private let top: Int
    private var audiences: [Wanted: Audience] = [:]

    /// - Parameters:
    ///   - top: candidates in a `next` event.
    ///   - readsWholeMessages: whether there are no events of single tokens.
    ///   - digestsEvents: whether each stream keeps a digest of its events.
    init(
        profiles: [OutputProfile], fragments: TokenFragments, model: String, top: Int,
        readsWholeMessages: Bool = false, digestsEvents: Bool
    ) {
        self.profiles = profiles
        self.top = top
        self.readsWholeMessages = readsWholeMessages
        self.digestsEvents = digestsEvents
        self.fragments = fragments
        writer = EventWriter(model: model)
        frames = Array(repeating: EventFrames(), count: profiles.count)
    }

    /// Takes what has gathered for an output.
    mutating func take(output: Int) -> EventFrames {
        let taken = frames[output]
        // The next step's events will take about as much room.
        if !taken.isEmpty { frames[output] = EventFrames(sizedLike: taken) }
        return taken
    }

    // MARK: What is due

    func wantsNext(_ stream: StreamState, afterTokens tokens: UInt64) -> Bool {
        profiles.indices.contains {
            profiles[$0].next.isDue(token: tokens)
                && stream.audience.wanted.contains(.next, output: $0)
        }
    }

    func wantsNextAtMessageEnd(_ stream: StreamState) -> Bool {
        profiles.indices.contains {
            profiles[$0].next.isDueAtMessageEnd
                && stream.audience.wanted.contains(.next, output: $0)
        }
    }

    /// Which events are published of a stream of which this is wanted.
    mutating func audience(_ wanted: Wanted) -> Audience {
        if let audience = audiences[wanted] { return audience }
        var audience = Audience(profiles, wanted)
        if !audience.next.isEmpty { audience.top = top }
        audiences[wanted] = audience
        return audience
    }

    /// What is wanted of a stream whose events are published to just this audience.
    func wanted(by audience: Audience) -> Wanted {
        var wanted = Wanted()
        for (output, profile) in profiles.enumerated() {
            if audience.next.contains(profile.next) { wanted.insert(.next, output: output) }
            if audience.sentiment.contains(profile.sentiment) {
                wanted.insert(.sentiment, output: output)
            }
            if audience.stream && profile.stream { wanted.insert(.stream, output: output) }
            if audience.error && profile.error { wanted.insert(.error, output: output) }
        }
        return wanted
    }

    // MARK: Events

    /// After a token: the stream's counters already include it.
    mutating func next(
        _ stream: StreamState, _ token: StreamSnapshot.ReadToken, surprisal: Float?,
        topIDs: Span<Int32>, topProbabilities: Span<Float>, atMessageEnd: Bool
    ) {
        writer.clear()
        writer.writeNext(
            place(stream, token.offset), token: token.id, surprisal: surprisal, topIDs: topIDs,
            topProbabilities: topProbabilities, fragments: fragments)
        distribute(.next, stream, atMessageEnd)
    }

    mutating func sentiment(_ stream: StreamState, _ sentiment: Sentiment, offset: Range<UInt64>) {
        let atMessageEnd = sentiment.scope == .message
        guard isWanted(.sentiment, by: stream, atMessageEnd) else { return }
        writer.clear()
        writer.writeSentiment(place(stream, offset), sentiment)
        distribute(.sentiment, stream, atMessageEnd)
    }

    mutating func change(_ stream: StreamState, _ change: StreamChange) {
        let number = stream.takeStreamEventNumber()
        let outputs = profiles.indices.filter {
            profiles[$0].stream && stream.audience.wanted.contains(.stream, output: $0)
        }
        guard !outputs.isEmpty else { return }
        writer.clear()
        writer.writeStream(place(stream), change)
        note(.stream, stream)
        for output in outputs {
            append(.stream, stream.name.utf8, output, number, stream.received)
        }
    }

    mutating func refuse(_ stream: StreamState, _ refusal: Refusal) {
        let isPublished = refuse(
            place(stream), refusal, stream.audience.wanted,
            sequence: stream.takeErrorEventNumber(), received: stream.received)
        if isPublished { note(.error, stream) }
    }

    /// About no stream that is kept: the topic is `error/` and the name, if there is one.
    mutating func refuse(
        named stream: [UInt8], _ refusal: Refusal, wanted: Wanted, sequence: UInt64
    ) {
        let place = EventPlace(stream: stream, epoch: 0, token: nil, offset: 0..<0)
        refuse(place, refusal, wanted, sequence: sequence)
    }

    /// Whether it was published.
    @discardableResult
    private mutating func refuse(
        _ place: EventPlace, _ refusal: Refusal, _ wanted: Wanted, sequence: UInt64,
        received: DispatchTime? = nil
    ) -> Bool {
        let outputs = profiles.indices.filter {
            profiles[$0].error && wanted.contains(.error, output: $0)
        }
        guard !outputs.isEmpty else { return false }
        writer.clear()
        writer.writeError(place, refusal)
        for output in outputs { append(.error, place.stream, output, sequence, received) }
        return true
    }

    // MARK: Numbering

    private func isDue(_ cadence: Cadence, _ stream: StreamState, _ atMessageEnd: Bool) -> Bool {
        atMessageEnd
            ? cadence.isDueAtMessageEnd : cadence.isDue(token: stream.state.incarnationTokens - 1)
    }

    private func isWanted(_ kind: EventKind, by stream: StreamState, _ atMessageEnd: Bool) -> Bool {
        profiles.indices.contains {
            stream.audience.wanted.contains(kind, output: $0)
                && isDue(profiles[$0].cadence(of: kind), stream, atMessageEnd)
        }
    }

    /// The counters include this event's token or message end, so it is the last of those due.
    private mutating func distribute(
        _ kind: EventKind, _ stream: StreamState, _ atMessageEnd: Bool
    ) {
        var isPublished = false
        defer { if isPublished { note(kind, stream) } }
        for output in profiles.indices where stream.audience.wanted.contains(kind, output: output) {
            let cadence = profiles[output].cadence(of: kind)
            guard isDue(cadence, stream, atMessageEnd) else { continue }
            let due = cadence.dueCount(
                tokens: readsWholeMessages ? 0 : stream.state.incarnationTokens,
                messages: stream.state.incarnationMessages)
            append(kind, stream.name.utf8, output, due - 1, stream.received)
            isPublished = true
        }
    }

    /// Adds the body just written to the digest of the stream's events.
    private func note(_ kind: EventKind, _ stream: StreamState) {
        if digestsEvents { stream.journal.note(kind, body: writer.bytes) }
    }

    private mutating func append(
        _ kind: EventKind, _ stream: [UInt8], _ output: Int, _ sequence: UInt64,
        _ received: DispatchTime?
    ) {
        frames[output].append(
            kind, stream: stream, body: writer.bytes[...], sequence: sequence, received: received)
    }

    private func place(_ stream: StreamState, _ offset: Range<UInt64>? = nil) -> EventPlace {
        let (tokens, end) = (stream.state.tokens, stream.state.offset)
        return EventPlace(
            stream: stream.name.utf8, epoch: stream.state.epoch,
            token: tokens == 0 ? nil : tokens - 1, offset: offset ?? end..<end)
    }
}
