package import Kernels
import Model

/// How the engine runs. What is published for a stream depends on `top`, on the timed decision
/// `idleFlush` where it is set, and, where the limit is reached, on `maxStreams`; on nothing else.
package struct EngineOptions: Sendable {
    /// Compute threads; a stream belongs to one of them.
    package var shards = 1
    /// Most streams that one step advances.
    package var maxBatch = 64
    /// Candidates in a `next` event.
    package var top = 5
    package var kernelTier = KernelTier.best
    /// Streams that one shard holds at most. With a store, input for a further one waits while all
    /// of them have something to read.
    package var maxStreams = 1_000_000
    /// Bytes of requests that may wait in one shard before `submit` has to wait.
    package var queueBytes = 32 << 20
    /// Force out what is held back of a stream that has been idle for so long, and at most twice
    /// as long; nil: never.
    package var idleFlush: Duration?
    /// Keep what replay needs: every request and what came of it.
    package var recordsOutcomes = false
    /// Keep states, too: needed to restore streams.
    package var checkpoints = false
    /// Tokens of a stream between two checkpoints that are kept.
    package var checkpointTokens: UInt64 = 1024
    /// How often every stream that has changed is checkpointed.
    package var checkpointEvery = Duration.seconds(60)
    /// Evict a stream to the store that has been idle for so long; nil: only for want of room.
    package var evictAfter: Duration?

    package init() {}
}

extension EngineOptions {
    /// With everything that replay and restoring need, or nothing of it.
    func keeping(_ keeps: Bool) -> EngineOptions {
        var options = self
        (options.recordsOutcomes, options.checkpoints) = (keeps, keeps)
        return options
    }

    /// As a model can carry them out.
    func limited(to config: ModelConfig) -> EngineOptions {
        var options = self
        options.top = min(top, config.vocabularySize, Kernels.maxTop)
        return options
    }
}
