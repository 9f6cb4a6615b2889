package import Engine
package import Model
import Storage
import Wire

/// Plays one incarnation of a stream again, token by token, through every change of model.
///
/// The requests go through a `Shard` one after the other, so that the events and the outcome of a
/// request come with its own tokens. Verification plays many streams in a batch (`VerifyReader`).
package final class SessionPlayer {
    /// Which events to publish.
    package enum Listening: Equatable, Sendable {
        /// One of each kind at every token and message, whatever the subscribers at the time.
        case everything
        /// What was published at the time, where that is known; else nothing.
        case asRecorded
        case audience(Audience)
    }

    /// How far the stream has come; after its end, how far it had.
    package private(set) var progress: StreamProgress
    private let stream: PlayedStream
    private let shards: PlayerShards

    /// - Parameters:
    ///   - start: a state to begin from; nil for the incarnation's beginning.
    ///   - options: `top`, where no recorded request has the number of candidates, and `kernelTier`.
    /// - Throws: `StorageError`, also where there is nothing to play; `MissingModelError`,
    ///   `ModelError`, `KernelError`, `SnapshotError`.
    package init(
        _ source: RequestSource, from start: StreamSnapshot?, listening: Listening = .everything,
        options: EngineOptions = EngineOptions()
    ) throws {
        var options = options
        options.maxBatch = 1
        shards = PlayerShards(options)
        let stream = try PlayedStream(source, from: start, on: shards, listening: listening)
        guard let stream else { throw source.nothingToPlay }
        self.stream = stream
        progress = stream.progress ?? StreamProgress()
    }

    /// Continues from another state of the session, as if playing had begun there.
    package func move(to start: StreamSnapshot?) throws {
        guard try stream.move(to: start) else { throw stream.source.nothingToPlay }
        progress = stream.progress ?? StreamProgress()
    }

    private var shard: Shard { stream.shard }

    /// The request that is being played or was played last; nil before the first.
    package var request: SessionRequest? { stream.request }

    // MARK: Playing

    /// Plays up to and with the next token, or the end of a request. Nil at the end of the session.
    package func step() throws -> PlayedStep? {
        while true {
            if let step = playOn() { return step }
            try checkDamage()
            guard try stream.playNext() else { return nil }
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
    package var isSilent: Bool {
        get { stream.isSilent }
        set { stream.isSilent = newValue }
    }

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
            step.published += frames.entries.map {
                PublishedEvent(frames, $0, of: stream.source.stream)
            }
        }
        for case .outcome(let outcome) in shard.takeBatch().records {
            step.outcomes.append(outcome)
        }
        let before = progress.incarnationTokens
        progress = stream.progress ?? progress.ended(by: step.outcomes.last)
        if progress.incarnationTokens > before { step.hasReadToken = true }
    }

    private func checkDamage() throws(StorageError) {
        guard let damage = shard.damages[stream.id] else { return }
        throw stream.damage(damage.message, at: request?.record.sequence ?? 0)
    }
}

// MARK: State

extension SessionPlayer {
    /// The model that reads now.
    package var model: Model { stream.model }

    /// Between two tokens; nil after `end`.
    package var snapshot: StreamSnapshot? { stream.snapshot }

    /// Whether playing can continue from `snapshot`: no text is tokenised and unread.
    package var isBetweenSlices: Bool { shard.isBetweenSlices(stream.id) }

    /// h0, c0, h1, c1, … after the token read last: `StateLayout.valueCount` floats. What is read
    /// next is read from there.
    package var values: [Float] {
        get { shard.values(of: stream.id) ?? [] }
        set { shard.setValues(newValue, of: stream.id) }
    }

    /// Whether to keep, at each token, what it was read from.
    package var keepsInput: Bool {
        get { shards.keepsInput }
        set { shards.keepsInput = newValue }
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
