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
    var isVerified = false
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

    func tellProblem() throws(OutputError) {
        guard let problem, !problem.isTold else { return }
        self.problem?.isTold = true
        try shown.note("missed events cannot be recovered now: \(problem.text)")
    }

    func noteProblem(_ error: ClientError) throws(OutputError) {
        client.failAtOnce()
        problem = Problem(
            text: "\(error)", isTold: problem?.isTold ?? false,
            retry: error.isRefusal(of: Self.lasting) ? nil : .now + Self.retryInterval)
        guard problem?.retry == nil, !streams.isEmpty else { return }
        // From now on only the numbers tell what is missing.
        streams = [:]
        unchecked = []
        try tellProblem()
    }

    /// Codes of refusals that no later request will be answered without.
    private static var lasting: [String] {
        [
            ControlRefusal.Code.durabilityOff, ControlRefusal.Code.noSuchOutput,
            ControlRefusal.Code.request, Refusal.Code.notAllowed.rawValue,
        ]
    }

    // MARK: Events that come

    /// Shows what is missing before an event. False if the event itself is not to be shown: it was
    /// shown before, or the next check will show it.
    ///
    /// The daemon's store has each event, and is asked whenever the next event of a stream is not the
    /// one that must follow. So any event may be dropped here, as long as its stream is checked.
    func prepare(for event: EventMessage, _ finding: SequenceTracker.Finding) throws -> Bool {
        guard let stream = event.recoverableStream else {
            return try leaveOut(unfollowed: event, finding)
        }
        let name = event.topic.stream
        unchecked.insert(name)
        if let index = streams.index(forKey: name) {
            switch streams.values[index].take(event) {
            case .next: return true
            case .late: return false
            case .unknown: break
            }
        }
        guard isReady else { return try leaveOut(event, finding) }
        do {
            return try look(up: event, of: stream)
        } catch let error as ClientError {
            try noteProblem(error)
            return try leaveOut(event, finding)
        }
    }

    private func look(up event: EventMessage, of stream: StreamID) throws -> Bool {
        let name = event.topic.stream
        guard var followed = streams.removeValue(forKey: name) else {
            let begun = try begin(stream, event)
            follow(name, begun)
            return try prepare(for: event, .inOrder)
        }
        defer { streams[name] = followed }
        guard followed.isCertain || followed.nextLookup <= .now else { return false }
        return try place(event, of: stream, &followed)
    }

    /// Streams that are remembered. Of those beyond, what is missing after the last event is not found.
    private static var mostFollowed: Int { 1 << 16 }

    func follow(_ name: Name, _ followed: FollowedStream) {
        if streams.count >= Self.mostFollowed, streams[name] == nil,
            let other = streams.keys.first(where: { !unchecked.contains($0) }) ?? streams.keys.first
        {
            forget(other)
        }
        streams[name] = followed
    }

    func forget(_ name: Name) {
        streams[name] = nil
        unchecked.remove(name)
        hasForgotten = true
    }

    // MARK: Events that do not follow

    /// Finds out which incarnation an event is of, and shows what is missing before it.
    private func place(
        _ event: EventMessage, of stream: StreamID, _ followed: inout FollowedStream
    ) throws -> Bool {
        let (kind, number) = (event.topic.kind, event.sequence)
        followed.nextLookup = .now + Self.lookupInterval
        guard let position = try client.position(of: stream) else { throw stranger() }
        noteAnswered()
        mayHideStreams = true
        guard !followed.isUnsettled, position.incarnation >= followed.incarnation else {
            try reconcile(&followed, with: position, of: stream)
            return false
        }
        // Without a lost connection, numbers only begin anew with another incarnation.
        let isAnother = followed.isCertain && number < followed.next(kind)
        let first = max(
            followed.oldest + (isAnother ? 1 : 0),
            position.incarnation - min(position.incarnation, Self.mostEarlier))
        guard first <= position.incarnation else {
            noteDoubt(&followed)
            return false
        }
        let possible = first...position.incarnation
        let isKnown = possible.count == 1 && !isAnother
        let found =
            try isKnown ? Array(possible) : possible.filter { try isFound(event, stream, $0) }
        guard let incarnation = found.first(where: { $0 >= followed.incarnation }) else {
            if found.isEmpty { noteDoubt(&followed) }
            return false
        }
        return try goOn(&followed, in: incarnation, with: event, stream, isSure: found.count == 1)
    }

    /// How often events of a stream are looked up that may have been recovered.
    private static var lookupInterval: Duration { .milliseconds(50) }

    private func goOn(
        _ followed: inout FollowedStream, in incarnation: UInt64, with event: EventMessage,
        _ stream: StreamID, isSure: Bool
    ) throws -> Bool {
        let (kind, number) = (event.topic.kind, event.sequence)
        try finish(&followed, before: incarnation, stream)
        let next = followed.next(kind)
        if next < number { try show([kind: next..<number], of: stream, &followed) }
        guard number >= followed.next(kind) else { return false }
        followed.note(kind, number, event.body.digest)
        if isSure { (followed.oldest, followed.isRecovering) = (incarnation, false) }
        return true
    }

    /// What comes and what was shown may be other than their numbers say.
    func noteDoubt(_ followed: inout FollowedStream) {
        followed.isDoubtful = true
        followed.oldest = min(followed.oldest, max(1, followed.incarnation) - 1)
    }

    /// Shows the rest of earlier incarnations, and goes on with another.
    func finish(
        _ followed: inout FollowedStream, before incarnation: UInt64, _ stream: StreamID
    ) throws {
        while followed.incarnation < incarnation, !shown.hasEnough {
            try compare(&followed, before: nil, of: stream)
            if !shown.hasEnough { followed.beginNext() }
        }
    }

    /// Shows events that were missed.
    func show(
        _ ranges: [EventKind: Range<UInt64>], of stream: StreamID, _ followed: inout FollowedStream
    ) throws {
        var cursor = BackfillClient.Cursor(stream, followed.incarnation, ranges)
        while !shown.hasEnough, let page = try nextPage(&cursor, followed) {
            for event in page where !shown.hasEnough {
                try shown.show(event)
                followed.note(event.topic.kind, event.sequence, event.body.digest)
            }
        }
        if !shown.hasEnough { followed.skip(ranges) }
    }
}

extension EventMessage {
    /// The stream whose events these are; nil for an error about a stream that there may not be.
    fileprivate var recoverableStream: StreamID? {
        guard topic.kind != .error || sequence > 0 else { return nil }
        return try? StreamID("\(topic.stream)")
    }
}
