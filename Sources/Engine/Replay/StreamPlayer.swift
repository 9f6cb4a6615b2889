package import Journal
package import Model
package import Wire

/// Plays one life of a stream again, one token at a time, and shows what the daemon said then.
///
/// The requests go through a `Shard` as they did when they were live: there is no second path.
package final class StreamPlayer {
    package let model: Model
    package let stream: StreamID
    package let life: StreamLife
    private let shard: Shard
    private let audience: Audience

    /// What happened at one token, or between two.
    package struct Step: Sendable {
        /// In the order in which they were told.
        package var events: [Event] = []
        /// Requests that were carried out to their end.
        package var outcomes: [OutcomeRecord] = []

        package var isEmpty: Bool { events.isEmpty && outcomes.isEmpty }

        /// The token that was read, if one was.
        package var token: (place: EventContext, prediction: Prediction)? {
            for event in events {
                if case .next(let prediction) = event.payload { return (event.context, prediction) }
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
        _ life: StreamLife, model: Model, from snapshot: StreamSnapshot? = nil,
        audience: Audience = .everything, options: EngineOptions = EngineOptions()
    ) throws {
        var options = options
        options.maxBatch = 1
        options.maxStreams = 1
        self.model = model
        self.life = life
        self.audience = audience
        stream = life.name
        shard = try Shard(replaying: model, options: options, audiences: [audience])
        _ = try shard.install(life.name, snapshot, key: life.key, life: life.life)
    }

    /// Adds a request to what is to be played.
    ///
    /// - Parameter position: bytes of its text that the checkpoint it begins from has read.
    package func feed(_ record: RequestRecord, position: UInt64 = 0) {
        shard.replay(
            record, of: stream, life: life.life, audience: audience, position: position)
    }

    /// Plays up to and with the next token. Nil when all that was fed has been played.
    package func step() -> Step? {
        var step = Step()
        while shard.step() {
            take(into: &step)
            if step.token != nil || !step.outcomes.isEmpty { break }
        }
        return step.isEmpty ? nil : step
    }

    /// Whether all that was fed has been played.
    package var isAtEnd: Bool { shard.isIdle }

    /// Between two tokens; nil after `end`.
    package var snapshot: StreamSnapshot? { shard.snapshot(of: stream) }

    /// h0, c0, h1, c1, … after the token read last: `StateLayout.valueCount` floats.
    package var values: [Float] {
        get { shard.values(of: stream) ?? [] }
        set { shard.setValues(newValue, of: stream) }
    }

    private func take(into step: inout Step) {
        let frames = shard.takeFrames(output: 0)
        for entry in frames.entries {
            if let event = try? Event(kind: entry.kind, body: frames.body(of: entry)) {
                step.events.append(event)
            }
        }
        for case .outcome(let outcome) in shard.takeBatch().entries {
            step.outcomes.append(outcome)
        }
    }
}
