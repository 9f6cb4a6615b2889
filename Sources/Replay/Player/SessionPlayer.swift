package import Engine
package import Model
import Storage
import Wire

/// Plays one incarnation of a stream again, token by token, through every change of model.
///
/// The requests go through a `Shard` one after the other, as they did when they were live: there is
/// no second implementation. So the events and the outcome of a request come with its own tokens.
package final class SessionPlayer {
    /// Which events to publish.
    package enum Listening: Equatable, Sendable {
        /// One of each kind at every token and message, whatever the subscribers at the time.
        case everything
        /// What was published at the time, where that is known; else nothing.
        case asRecorded
        case audience(Audience)
    }

    /// What a shard is made for.
    private struct Setup: Equatable {
        /// The fingerprint that the requests carry.
        var recordedModel: [UInt8]
        var model: Model
        var audience: Audience
        var top: Int

        static func == (a: Setup, b: Setup) -> Bool {
            a.model === b.model && a.audience == b.audience && a.top == b.top
        }
    }

    package let session: Session
    /// The request that is being played or was played last; nil before the first.
    package private(set) var request: SessionRequest?
    /// How far the stream has come; after its end, how far it had.
    package private(set) var progress = StreamProgress()

    private let source: RequestSource
    private let models: ModelSource
    private let listening: Listening
    private let options: EngineOptions
    private var feed: RequestFeed
    /// Bytes of the coming request's text that the state has read already.
    private var position: UInt64
    private var setup: Setup
    private var shard: Shard

    /// - Parameters:
    ///   - start: a state of the session to begin from; nil for the incarnation's beginning.
    ///   - source: the requests to play.
    ///   - models: finds models by their fingerprint; nil for the store's. It may give one model for
    ///     all fingerprints, which then reads all requests.
    ///   - options: `top`, where no recorded request has the number of candidates, and `kernelTier`.
    /// - Throws: `StorageError`, also where there is nothing to play; `MissingModelError`,
    ///   `ModelError`, `KernelError`, `SnapshotError`.
    package init(
        _ session: Session, from start: StreamSnapshot?, source: RequestSource = .stored,
        listening: Listening = .everything, models: ModelSource? = nil,
        options: EngineOptions = EngineOptions()
    ) throws {
        let models = models ?? session.store.model
        var feed = RequestFeed(session, source, from: start?.sequence ?? 0)
        setup = try Self.firstSetup(session, start, &feed, listening, models, options)
        self.feed = feed
        self.session = session
        self.source = source
        self.models = models
        self.listening = listening
        self.options = options
        position = start?.position ?? 0
        shard = try Self.shard(for: setup, options)
        try install(start)
    }

    /// Continues from another state of the session, as if playing had begun there.
    package func move(to start: StreamSnapshot?) throws {
        feed = RequestFeed(session, source, from: start?.sequence ?? 0)
        position = start?.position ?? 0
        request = nil
        shard.remove(id)
        let last = setup
        setup = try Self.firstSetup(session, start, &feed, listening, models, options)
        if setup != last { try replaceShard() }
        try install(start)
    }

    private var id: StreamID { session.stream }

    // MARK: Playing

    /// Plays up to and with the next token, or the end of a request. Nil at the end of the session.
    package func step() throws -> PlayedStep? {
        while true {
            if let step = playOn() { return step }
            try checkDamage()
            guard try playNextRequest() else { return nil }
        }
    }

    /// Plays up to a place without publishing.
    package func skip(to place: SessionPlace) throws {
        isSilent = true
        defer { isSilent = false }
        while !place.isReached(by: progress) {
            guard try step() != nil else { return }
        }
    }

    /// Nothing is published, and what only events need is not computed. States are the same;
    /// outcomes of requests that were played in part like this have other digests of events.
    package var isSilent = false {
        didSet { shard.setAudience(audience, of: id) }
    }

    private var audience: Audience { isSilent ? Audience() : setup.audience }

    /// Nil when all that was handed to the shard has been played.
    private func playOn() -> PlayedStep? {
        var step = PlayedStep()
        while shard.step() {
            take(into: &step)
            if step.hasReadToken || !step.outcomes.isEmpty { break }
        }
        return step.isEmpty ? nil : step
    }

    private func take(into step: inout PlayedStep) {
        for output in shard.outputs {
            let frames = shard.takeFrames(output: output)
            step.published += frames.entries.map { PublishedEvent(frames, $0, of: id) }
        }
        for case .outcome(let outcome) in shard.takeBatch().records {
            step.outcomes.append(outcome)
        }
        let before = progress.incarnationTokens
        progress = shard.progress(of: id) ?? progress.ended(by: step.outcomes.last)
        if progress.incarnationTokens > before { step.hasReadToken = true }
    }

    private func checkDamage() throws(StorageError) {
        guard let damage = shard.damages[id] else { return }
        throw damaged(damage.message, request?.record.sequence ?? 0)
    }

    private func damaged(_ message: String, _ sequence: UInt64) -> StorageError {
        StorageError(
            .damaged, in: session.store.path, part: "\(id), request \(sequence)", message)
    }

    // MARK: Requests

    private func playNextRequest() throws -> Bool {
        guard let next = try feed.take() else { return false }
        guard position <= next.record.text.count else {
            throw damaged(
                "the checkpoint has read \(position) bytes of its text; expected at most "
                    + "\(next.record.text.count)", next.record.sequence)
        }
        try prepare(for: next)
        request = next
        shard.replay(
            next.record, of: id, incarnation: session.incarnation.number, audience: audience,
            position: position,
            outcome: next.outcome)
        position = 0
        return true
    }

    /// Another model or audience needs another shard, which continues from the same state.
    private func prepare(for request: SessionRequest) throws {
        guard shard.contains(id) else { return }
        let last = setup
        setup = try Self.setup(for: request, listening, models, session, after: last)
        guard setup != last else { return }
        let state = shard.snapshot(of: id)
        try replaceShard()
        try install(state)
    }

    private func replaceShard() throws {
        let keepsInput = shard.keepsInput
        shard = try Self.shard(for: setup, options)
        shard.keepsInput = keepsInput
    }

    private static func shard(for setup: Setup, _ options: EngineOptions) throws -> Shard {
        var options = options
        (options.maxBatch, options.maxStreams, options.top) = (1, 1, setup.top)
        return try Shard(replaying: setup.model, options: options, audiences: [setup.audience])
    }

    private func install(_ snapshot: StreamSnapshot?) throws {
        let incarnation = session.incarnation
        _ = try shard.install(id, snapshot, key: incarnation.key, incarnation: incarnation.number)
        progress = shard.progress(of: id) ?? StreamProgress()
        if isSilent { shard.setAudience(Audience(), of: id) }
    }

    // MARK: Setups

    private static func firstSetup(
        _ session: Session, _ start: StreamSnapshot?, _ feed: inout RequestFeed,
        _ listening: Listening, _ models: ModelSource, _ options: EngineOptions
    ) throws -> Setup {
        let request = try feed.peek()
        guard let recorded = request?.record.model ?? start?.model.bytes else {
            throw StorageError(
                .missing, in: session.store.path, part: session.stream.text,
                "none of its requests is kept")
        }
        let setup = Setup(
            recordedModel: recorded, model: try models(session.store.fingerprint(recorded)),
            audience: Audience(), top: options.top)
        guard let request else { return setup }
        return try Self.setup(for: request, listening, models, session, after: setup)
    }

    private static func setup(
        for request: SessionRequest, _ listening: Listening, _ models: ModelSource,
        _ session: Session, after last: Setup
    ) throws -> Setup {
        var setup = last
        if request.record.model != last.recordedModel {
            setup.recordedModel = request.record.model
            setup.model = try models(session.store.fingerprint(request.record.model))
        }
        let recorded = request.audience
        switch listening {
        case .everything: setup.audience = .everything
        case .asRecorded: setup.audience = recorded ?? Audience()
        case .audience(let audience): setup.audience = audience
        }
        setup.top = setup.audience.top ?? recorded?.top ?? last.top
        return setup
    }
}

// MARK: State

extension SessionPlayer {
    /// The model that reads now.
    package var model: Model { setup.model }

    /// Between two tokens; nil after `end`.
    package var snapshot: StreamSnapshot? { shard.snapshot(of: id) }

    /// Whether playing can continue from `snapshot`: no text is tokenised and unread.
    package var isBetweenSlices: Bool { shard.isBetweenSlices(id) }

    /// h0, c0, h1, c1, … after the token read last: `StateLayout.valueCount` floats. What is read
    /// next is read from there.
    package var values: [Float] {
        get { shard.values(of: id) ?? [] }
        set { shard.setValues(newValue, of: id) }
    }

    /// Whether to keep, at each token, what it was read from.
    package var keepsInput: Bool {
        get { shard.keepsInput }
        set { shard.keepsInput = newValue }
    }

    /// The token read last, and the state before it: after a lead-in, a reset or a `put`.
    package var input: StepInput? { shard.input }
}

extension StreamProgress {
    /// After the stream's end, by its last outcome.
    fileprivate func ended(by outcome: OutcomeRecord?) -> StreamProgress {
        guard let outcome else { return self }
        var last = self
        last.sequence = outcome.sequence + 1
        last.offset = outcome.offset
        last.tokens += outcome.tokens - min(last.incarnationTokens, outcome.tokens)
        last.incarnationTokens = outcome.tokens
        return last
    }
}
