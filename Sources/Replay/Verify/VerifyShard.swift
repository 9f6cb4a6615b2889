import Engine
import Storage
import Wire

/// A shard of verification, which replays intervals of many incarnations in one batch.
final class VerifyShard {
    let key: VerifyShardKey
    let engine: Shard
    private let outputs: Int

    init(_ key: VerifyShardKey, _ store: SessionStore, _ options: VerifyOptions) throws {
        var engineOptions = EngineOptions()
        engineOptions.top = key.top
        engineOptions.kernelTier = options.kernelTier
        engineOptions.maxBatch = options.batch
        engineOptions.maxStreams = options.batch
        self.key = key
        engine = try Shard(
            replaying: store.model(key.model), options: engineOptions, audiences: [key.audience])
        outputs = key.audience.profiles.count
    }

    /// Runs one step; gives its journal entries.
    func step() -> [StorageRecord] {
        guard engine.step() else { return [] }
        for output in 0..<outputs { _ = engine.takeFrames(output: output) }
        return engine.takeBatch().records
    }

    /// Streams that were stopped as damaged, and why.
    func takeDamages() -> [StreamID: Refusal] { engine.takeDamages() }
}
