import Engine
import Journal
import Storage
import Wire

/// One part of a life, while it is read beside others.
final class VerifyLane {
    /// Stands for the stream in the shard, and for its life in what the shard records.
    let number: StreamKey
    let id: StreamID
    let interval: VerifyInterval
    let session: Session
    let start: Divergence.Start
    var feed: RequestFeed
    /// Where it is read; changes with the model and, if need be, with the audience.
    var group: VerifyGroup
    /// The request that is being read.
    var current: SessionRequest?
    /// Bytes of the first request's text that are in the snapshot.
    var position: UInt64
    /// The awaited checkpoint within a text has not come yet.
    var awaitsCheckpoint = false
    /// Tokens of the life so far.
    var tokens: UInt64

    init(
        _ number: StreamKey, id: StreamID, _ interval: VerifyInterval, _ session: Session,
        from snapshot: StreamSnapshot?, feed: RequestFeed, group: VerifyGroup
    ) {
        self.number = number
        self.id = id
        self.interval = interval
        self.session = session
        self.feed = feed
        self.group = group
        start = .init(sequence: snapshot?.sequence ?? 0, position: snapshot?.position ?? 0)
        position = snapshot?.position ?? 0
        tokens = snapshot?.state.lifeTokens ?? 0
    }

    /// The request to read next.
    var nextSequence: UInt64 { current.map { $0.record.sequence + 1 } ?? start.sequence }

    func divergence(
        _ kind: Divergence.Kind, at sequence: UInt64, position: UInt64 = 0, _ message: String
    ) -> Divergence {
        Divergence(
            kind: kind, stream: session.stream, life: session.life.number, sequence: sequence,
            position: position, message: message, start: start)
    }
}

/// What a shard of verification is made for.
struct VerifyVoice: Hashable {
    var model: [UInt8]
    var top: Int
    /// Whom it can tell; those that the store names, or one of them where they are too many.
    var audience: Audience
}

/// The parts that one shard reads beside each other.
final class VerifyGroup {
    let voice: VerifyVoice
    let shard: Shard
    private let outputs: Int

    init(_ voice: VerifyVoice, model: SessionStore, options: VerifyOptions) throws {
        var engine = EngineOptions()
        engine.top = voice.top
        engine.kernelTier = options.kernelTier
        engine.maxBatch = options.batch
        engine.maxStreams = options.batch
        self.voice = voice
        shard = try Shard(
            replaying: model.model(voice.model), options: engine, audiences: [voice.audience])
        outputs = voice.audience.profiles.count
    }

    /// One step, and what came of it.
    func step() -> [StorageRecord] {
        guard shard.step() else { return [] }
        for output in 0..<outputs { _ = shard.takeFrames(output: output) }
        return shard.takeBatch().records
    }

    /// Parts that could not be read on.
    func takeDamages() -> [StreamID: Refusal] { shard.takeDamages() }
}
