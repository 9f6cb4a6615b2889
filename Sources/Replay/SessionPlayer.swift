package import Engine
import Journal
package import Model
import Storage
import Wire

/// Walks through one life of a stream: plays its requests from a place on, token by token, through
/// every change of model.
package final class SessionPlayer {
    /// Which events to show.
    package enum Listening: Equatable, Sendable {
        /// One of each kind at every token and message, whoever listened then.
        case everything
        /// What was published then, where that is known; else nothing.
        case asRecorded
        case audience(Audience)
    }

    /// What to play instead of a request: none, it, or others.
    package typealias Edit = (SessionRequest) throws -> [SessionRequest]

    package typealias Step = StreamPlayer.Step

    package let session: Session
    package private(set) var player: StreamPlayer
    /// The request that is being played or was played last; nil before the first.
    package private(set) var request: SessionRequest?

    private let listening: Listening
    private let models: ModelSource
    private let options: EngineOptions
    private let edit: Edit?
    private var voice: Voice
    private var feed: RequestFeed
    private var edited: [SessionRequest] = []
    /// Bytes of the first request's text that are in the snapshot.
    private var position: UInt64

    /// What a player is made for.
    private struct Voice: Equatable {
        var model: [UInt8]
        var audience: Audience
        var top: Int
    }

    init(
        _ session: Session, from beginning: Session.Beginning, listening: Listening,
        models: @escaping ModelSource, options: EngineOptions, edit: Edit?
    ) throws {
        var feed = RequestFeed(session, from: beginning.sequence)
        let first = try feed.peek()
        guard first != nil || beginning.snapshot != nil else {
            throw StorageError(
                .missing, in: session.store.path, part: session.stream.text,
                "none of its requests is kept")
        }
        let start = Voice(
            model: first?.record.model ?? beginning.snapshot?.model.bytes ?? [],
            audience: Audience(), top: options.top)
        voice = Self.voice(of: first, listening, after: start)
        self.session = session
        self.listening = listening
        self.models = models
        self.options = options
        self.edit = edit
        self.feed = feed
        position = beginning.position
        player = try Self.player(
            session, voice, models, from: beginning.snapshot, options: options)
    }

    /// Plays up to and with the next token, or the end of a request. Nil at the end of the life.
    package func step() throws -> Step? {
        while true {
            if let step = player.step() { return step }
            try checkDamage()
            guard try playNextRequest() else { return nil }
        }
    }

    private func checkDamage() throws(StorageError) {
        guard let damage = player.damage else { return }
        throw StorageError(
            .damaged, in: session.store.path,
            part: "\(session.stream), request \(request?.record.sequence ?? 0)", damage.message)
    }

    /// Plays in silence up to a place.
    package func skip(to place: SessionPlace) throws {
        isSilent = true
        defer { isSilent = false }
        while !place.isReached(by: progress) {
            guard try step() != nil else { return }
        }
    }

    /// Nothing is shown, and what nobody would see is not computed.
    package var isSilent: Bool {
        get { player.isSilent }
        set { player.isSilent = newValue }
    }

    /// Whether to keep, at each token, what it was read from.
    package var keepsInput: Bool {
        get { player.keepsInput }
        set { player.keepsInput = newValue }
    }

    /// The token read last, and the state before it.
    package var input: StepInput? { player.input }

    // MARK: Where it is

    package var progress: StreamProgress { player.progress }
    /// The model that reads now.
    package var model: Model { player.model }
    /// Between two tokens; nil after `end`.
    package var snapshot: StreamSnapshot? { player.snapshot }

    /// h0, c0, h1, c1, … after the token read last: `StateLayout.valueCount` floats.
    package var values: [Float] {
        get { player.values }
        set { player.values = newValue }
    }

    // MARK: Requests

    private func playNextRequest() throws -> Bool {
        while edited.isEmpty {
            guard let request = try feed.take() else { return false }
            edited = try edit?(request) ?? [request]
        }
        let next = edited.removeFirst()
        try prepare(for: next)
        request = next
        player.feed(next.record, position: position, outcome: next.outcome)
        position = 0
        return true
    }

    /// Another model, or other listeners, are another player that goes on from the same state.
    private func prepare(for request: SessionRequest) throws {
        let needed = Self.voice(of: request, listening, after: voice)
        guard needed != voice, !player.hasEnded else { return }
        let (isSilent, keepsInput) = (player.isSilent, player.keepsInput)
        player = try Self.player(
            session, needed, models, from: player.snapshot, options: options)
        player.isSilent = isSilent
        player.keepsInput = keepsInput
        voice = needed
    }

    private static func voice(
        of request: SessionRequest?, _ listening: Listening, after last: Voice
    ) -> Voice {
        guard let request else { return last }
        let recorded = request.audience
        let audience =
            switch listening {
            case .everything: Audience.everything
            case .asRecorded: recorded ?? Audience()
            case .audience(let audience): audience
            }
        return Voice(
            model: request.record.model, audience: audience,
            top: audience.top ?? recorded?.top ?? last.top)
    }

    private static func player(
        _ session: Session, _ voice: Voice, _ models: ModelSource,
        from snapshot: StreamSnapshot?, options: EngineOptions
    ) throws -> StreamPlayer {
        var options = options
        options.top = voice.top
        return try StreamPlayer(
            session.life, model: models(session.store.fingerprint(voice.model)),
            from: snapshot, audience: voice.audience, options: options)
    }
}
