package import Engine
import Journal
package import Model
package import Storage
package import Wire

/// Plays requests of one life of a stream again, one token at a time, and shows what the daemon
/// said then.
///
/// The requests go through a `Shard` as they did when they were live: there is no second path.
/// A player has one model; `SessionPlayer` goes through a whole life.
package final class StreamPlayer {
    package let model: Model
    package let stream: StreamID
    package let life: StreamIncarnation
    private let shard: Shard
    private let audience: Audience
    private let outputs: Int
    /// How far the stream has come; after its end, how far it had.
    package private(set) var progress = StreamProgress()

    /// What happened at one token, or between two.
    package struct Step: Sendable {
        /// In the order in which they were told.
        package var published: [PublishedEvent] = []
        /// Requests that were carried out to their end.
        package var outcomes: [OutcomeRecord] = []
        /// Whether a token of the stream was read.
        package var hasReadToken = false

        package var isEmpty: Bool { published.isEmpty && outcomes.isEmpty && !hasReadToken }

        /// What was published, decoded.
        package var events: [Event] { published.compactMap(\.event) }

        /// The token that was read, if one was and somebody listened.
        package var token: (place: EventContext, prediction: Prediction)? {
            for published in published where published.kind == .next {
                if let event = published.event, case .next(let prediction) = event.payload {
                    return (event.context, prediction)
                }
            }
            return nil
        }
    }

    /// At the beginning of the life, or at a checkpoint of it.
    ///
    /// - Parameters:
    ///   - audience: which events to show.
    ///   - options: `top`, `kernelTier`; results do not depend on the rest.
    /// - Throws: `ModelError`, `KernelError`, and `SnapshotError` for a checkpoint of another model.
    package init(
        _ life: StreamIncarnation, model: Model, from snapshot: StreamSnapshot? = nil,
        audience: Audience = .everything, options: EngineOptions = EngineOptions()
    ) throws {
        var options = options
        options.maxBatch = 1
        options.maxStreams = 1
        self.model = model
        self.life = life
        self.audience = audience
        outputs = audience.profiles.count
        stream = life.name
        shard = try Shard(replaying: model, options: options, audiences: [audience])
        _ = try shard.install(life.name, snapshot, key: life.key, life: life.number)
        progress = shard.progress(of: life.name) ?? progress
    }

    /// Nothing is shown, and what nobody would see is not computed. States are the same; outcomes
    /// of requests that were not heard throughout have other digests of events.
    package var isSilent = false {
        didSet { shard.setAudience(heard, of: stream) }
    }

    private var heard: Audience { isSilent ? Audience() : audience }

    /// Whether to keep, at each token, what it was read from.
    package var keepsInput: Bool {
        get { shard.keepsInput }
        set { shard.keepsInput = newValue }
    }

    /// The token read last, and the state before it: after a lead-in, a reset or a `put`.
    package var input: StepInput? { shard.input }

    /// Adds a request to what is to be played.
    ///
    /// - Parameters:
    ///   - position: bytes of its text that the checkpoint it begins from has read.
    ///   - outcome: what came of it, if that is known; see `Shard.replay`.
    package func feed(
        _ record: RequestRecord, position: UInt64 = 0, outcome: OutcomeRecord? = nil
    ) {
        shard.replay(
            record, of: stream, life: life.number, audience: heard, position: position,
            outcome: outcome)
    }

    /// Plays up to and with the next token, or the end of a request. Nil when all that was fed has
    /// been played.
    package func step() -> Step? {
        var step = Step()
        while shard.step() {
            take(into: &step)
            if step.hasReadToken || !step.outcomes.isEmpty { break }
        }
        return step.isEmpty ? nil : step
    }

    /// Why the stream cannot be played on; nil where it can.
    var damage: Refusal? { shard.damages[stream] }

    /// Whether all that was fed has been played.
    package var isAtEnd: Bool { shard.isIdle }

    /// Whether the stream has ended: what is fed then is not played.
    package var hasEnded: Bool { !shard.contains(stream) }

    /// Between two tokens; nil after `end`.
    package var snapshot: StreamSnapshot? { shard.snapshot(of: stream) }

    /// h0, c0, h1, c1, … after the token read last: `StateLayout.valueCount` floats.
    package var values: [Float] {
        get { shard.values(of: stream) ?? [] }
        set { shard.setValues(newValue, of: stream) }
    }

    private func take(into step: inout Step) {
        for output in 0..<outputs {
            let frames = shard.takeFrames(output: output)
            step.published += frames.entries.map { PublishedEvent(frames, $0, of: stream) }
        }
        for case .outcome(let outcome) in shard.takeBatch().records {
            step.outcomes.append(outcome)
        }
        let before = progress.lifeTokens
        progress = shard.progress(of: stream) ?? ended(by: step.outcomes.last)
        if progress.lifeTokens > before { step.hasReadToken = true }
    }

    private func ended(by outcome: OutcomeRecord?) -> StreamProgress {
        guard let outcome else { return progress }
        var last = progress
        last.sequence = outcome.sequence + 1
        last.offset = outcome.offset
        last.tokens += outcome.tokens - min(last.lifeTokens, outcome.tokens)
        last.lifeTokens = outcome.tokens
        return last
    }
}
