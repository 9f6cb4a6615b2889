import Files
import Foundation
import Names
import Wire
import ZeroMQ

/// Finds events that a subscriber missed, and has the daemon compute them again.
///
/// A gap between two events shows by the numbers. What is missing after the last one, and what the
/// numbers hide where an incarnation ended and another began, shows by the daemon's `position`
/// (`EventRecovery+Check`).
final class EventRecovery<Output: EventOutput> {
    let options: BackfillOptions
    let subscription: SubscriberOptions
    let shown: ShownEvents<Output>
    var client: BackfillClient
    /// In seconds since 1970.
    let joined = Date().timeIntervalSince1970
    var streams: [Name: FollowedStream] = [:]
    /// Streams to ask the daemon about: something came of them, or may have been missed.
    var unchecked: Set<Name> = []
    var nextCheck = ContinuousClock.now
    /// There may be streams of which nothing has come.
    var mayHideStreams = false
    /// Some streams are not remembered any more.
    private(set) var hasForgotten = false
    /// An event that came was found to be among those of the daemon.
    private var isVerified = false
    private var problem: Problem?

    /// Why the daemon is not asked now.
    private struct Problem {
        var text: String
        var isTold = false
        /// Nil for never.
        var retry: ContinuousClock.Instant?
    }

    private static var retryInterval: Duration { .seconds(2) }

    init(
        _ options: BackfillOptions, _ subscription: SubscriberOptions, _ shown: ShownEvents<Output>
    ) throws(ZeroMQError) {
        self.options = options
        self.subscription = subscription
        self.shown = shown
        client = try BackfillClient(options)
    }

    var kinds: [EventKind] { subscription.subscribedKinds }

    /// Whether the daemon can be asked.
    var isReady: Bool { retryTime.map { $0 <= .now } ?? false }

    /// When it can; nil for never.
    var retryTime: ContinuousClock.Instant? {
        guard let problem else { return .now }
        return problem.retry
    }

    func noteAnswered() { problem = nil }

    func noteProblem(_ error: ClientError) {
        problem = Problem(
            text: "\(error)", isTold: problem?.isTold ?? false,
            retry: error.isRefusal(of: Self.lasting) ? nil : .now + Self.retryInterval)
    }

    /// Codes of refusals that no later request will be answered without.
    private static var lasting: [String] {
        [
            ControlRefusal.Code.durabilityOff, ControlRefusal.Code.noSuchOutput,
            ControlRefusal.Code.request, Refusal.Code.notAllowed.rawValue,
        ]
    }

    // MARK: Events that come

    /// Shows what is missing before an event. False if the event itself was shown before.
    func prepare(
        for event: EventMessage, _ finding: SequenceTracker.Finding,
        _ tracker: inout SequenceTracker
    ) throws -> Bool {
        guard let stream = event.recoverableStream else {
            if case .gap(let missing) = finding { try shown.noteMissing(missing, of: event.topic) }
            return true
        }
        unchecked.insert(event.topic.stream)
        if finding == .recovered { return false }
        if finding == .inOrder, noteNext(event) { return true }
        guard isReady else { return try leaveOut(event, finding) }
        do {
            return try prepare(for: event, of: stream, finding, &tracker)
        } catch let error as ClientError {
            noteProblem(error)
            return try leaveOut(event, finding)
        }
    }

    /// False if the event is not the next one of a stream that is followed.
    private func noteNext(_ event: EventMessage) -> Bool {
        let (kind, number) = (event.topic.kind, event.sequence)
        guard let index = streams.index(forKey: event.topic.stream),
            streams.values[index].isNext(kind, number)
        else { return false }
        streams.values[index].noteShown(kind, before: number + 1)
        return true
    }

    private func prepare(
        for event: EventMessage, of stream: StreamID, _ finding: SequenceTracker.Finding,
        _ tracker: inout SequenceTracker
    ) throws -> Bool {
        let name = event.topic.stream
        var followed = try streams[name] ?? begin(stream, event, finding)
        defer { follow(name, followed) }
        if followed.isUnsettled { try settle(&followed, of: stream, &tracker) }
        let isNew = try catchUp(&followed, with: event, finding, stream, &tracker)
        if isNew { followed.noteShown(event.topic.kind, before: event.sequence + 1) }
        return isNew
    }

    /// Streams that are remembered. Of those beyond, what is missing after the last event is not found.
    private static var mostFollowed: Int { 1 << 16 }

    func follow(_ name: Name, _ followed: FollowedStream) {
        if streams.count >= Self.mostFollowed, streams[name] == nil,
            let other = streams.keys.first(where: { !unchecked.contains($0) }) ?? streams.keys.first
        {
            streams[other] = nil
            unchecked.remove(other)
            hasForgotten = true
        }
        streams[name] = followed
    }

    /// The daemon cannot be asked now: what is missing is remembered.
    private func leaveOut(
        _ event: EventMessage, _ finding: SequenceTracker.Finding
    ) throws(OutputError) -> Bool {
        let (name, kind, number) = (event.topic.stream, event.topic.kind, event.sequence)
        if finding == .restarted {
            streams[name]?.noteRestart(kind)
            if number > 0 { try shown.noteMissing(number, of: event.topic) }
            try tellProblem()
        } else if case .gap(let missing) = finding {
            let followed = streams[name]
            let hole = followed.flatMap { $0.isUnsettled ? nil : $0.hole(before: number, of: kind) }
            try shown.noteMissing(hole.map { UInt64($0.count) } ?? missing, of: event.topic)
            try tellProblem()
            if let hole { streams[name]?.holes.append((kind, hole)) }
        }
        streams[name]?.noteShown(kind, before: number + 1)
        return true
    }

    func tellProblem() throws(OutputError) {
        guard let problem, !problem.isTold else { return }
        self.problem?.isTold = true
        try shown.note("missed events cannot be recovered now: \(problem.text)")
    }

    /// A stream of which nothing has come before.
    private func begin(
        _ stream: StreamID, _ event: EventMessage, _ finding: SequenceTracker.Finding
    ) throws -> FollowedStream {
        let kind = event.topic.kind
        guard let position = try client.position(of: stream) else {
            throw stranger()
        }
        noteAnswered()
        // It may have ended and begun again since.
        let isPast = position.next[kind] ?? 0 <= event.sequence && position.incarnation > 0
        let incarnation = position.incarnation - (isPast ? 1 : 0)
        if !isVerified {
            isVerified = try isFound(event, stream, incarnation)
            guard isVerified else { throw stranger() }
        }
        guard !isPast, options.wantsHistory || position.began >= joined else {
            var next = isPast ? [kind: event.sequence] : position.next
            // Known before, and since forgotten.
            if case .gap(let missing) = finding { next[kind] = event.sequence - missing }
            return FollowedStream(incarnation: incarnation, next: next)
        }
        return FollowedStream(incarnation: incarnation, next: position.first, begun: kinds)
    }

    private func stranger() -> ClientError {
        .unavailable(
            options.control,
            "the events from \(subscription.endpoint) are not those of output \(options.output) of "
                + "this daemon; --control and --output name another")
    }

    /// Whether the incarnation has just this event.
    private func isFound(
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

    /// False if the event was shown before.
    private func catchUp(
        _ followed: inout FollowedStream, with event: EventMessage,
        _ finding: SequenceTracker.Finding, _ stream: StreamID, _ tracker: inout SequenceTracker
    ) throws -> Bool {
        let (kind, number) = (event.topic.kind, event.sequence)
        followed.beginIfNew(kind, at: number)
        let next = followed.next[kind] ?? number
        if number < next, let late = followed.late[kind], number == late + 1 {
            followed.late[kind] = number
            return false
        }
        guard number >= next, finding != .restarted || number == next else {
            return try place(event, &followed, stream, &tracker)
        }
        guard number > next else { return true }
        mayHideStreams = true
        guard try isFound(event, stream, followed.incarnation) else {
            return try place(event, &followed, stream, &tracker)
        }
        try show([kind: next..<number], of: stream, &followed, &tracker)
        return true
    }

    /// The event does not follow from those before it: it was recovered while it was on its way, or is
    /// of a later incarnation. Then the rest of the earlier ones is shown first.
    private func place(
        _ event: EventMessage, _ followed: inout FollowedStream, _ stream: StreamID,
        _ tracker: inout SequenceTracker
    ) throws -> Bool {
        let (kind, number) = (event.topic.kind, event.sequence)
        let last = try client.position(of: stream)?.incarnation ?? followed.incarnation
        if number < followed.next[kind] ?? 0, try isFound(event, stream, followed.incarnation) {
            followed.late[kind] = number
            return false
        }
        for incarnation in followed.incarnation..<last {
            guard try isFound(event, stream, incarnation + 1) else { continue }
            try finish(&followed, before: incarnation + 1, stream, &tracker)
            try show([kind: 0..<number], of: stream, &followed, &tracker)
            return true
        }
        try shown.note(
            "event \(event.sequence) of \(event.topic.text) does not follow from those before it: "
                + "what is missing is not known")
        followed = FollowedStream(incarnation: last, next: [kind: number])
        return true
    }

    /// Shows the rest of earlier incarnations, and begins with another.
    private func finish(
        _ followed: inout FollowedStream, before incarnation: UInt64, _ stream: StreamID,
        _ tracker: inout SequenceTracker
    ) throws {
        while followed.incarnation < incarnation {
            try show(followed.rest(of: kinds), of: stream, &followed, &tracker)
            for kind in kinds { tracker.forget(Topic(kind, stream: Name(stream.text))) }
            followed = FollowedStream(
                incarnation: followed.incarnation + 1,
                next: Dictionary(kinds.map { ($0, 0) }) { $1 }, begun: kinds)
        }
    }

    /// Shows events that were missed, unless they have come meanwhile.
    func show(
        _ ranges: [EventKind: Range<UInt64>], of stream: StreamID,
        _ followed: inout FollowedStream, _ tracker: inout SequenceTracker
    ) throws {
        var cursor = BackfillClient.Cursor(stream, followed.incarnation, ranges)
        while !shown.hasEnough, let page = try nextPage(&cursor) {
            for event in page {
                if tracker.noteRecovered(event.topic, event.sequence, body: event.body) {
                    try shown.show(event)
                }
                followed.noteShown(event.topic.kind, before: event.sequence + 1)
            }
        }
        for (kind, range) in ranges where range.upperBound != .max {
            followed.noteShown(kind, before: range.upperBound)
        }
    }
}

extension EventMessage {
    /// The stream whose events these are; nil for an error about a stream that there may not be.
    fileprivate var recoverableStream: StreamID? {
        guard topic.kind != .error || sequence > 0 else { return nil }
        return try? StreamID("\(topic.stream)")
    }
}
