package import Kernels
import Model
import Wire

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
    /// Bytes of requests that may wait in one shard before whoever submits has to wait.
    package var queueBytes = 32 << 20
    /// Force out what is held back of a stream that has been idle for so long, and at most twice
    /// as long; nil: never.
    package var idleFlush: Duration?
    /// Keep what replay needs: every request and what came of it.
    package var recordsOutcomes = false
    /// Keep states, too: needed where streams are to come back.
    package var checkpoints = false
    /// Tokens of a stream between two checkpoints that are kept.
    package var checkpointTokens: UInt64 = 1024
    /// How often every stream that has changed is checkpointed.
    package var checkpointEvery = Duration.seconds(60)
    /// Move a stream to the store that has been idle for so long; nil: only for want of room.
    package var evictAfter: Duration?

    package init() {}
}

/// What one output wants to be told, and how often.
package struct OutputProfile: Sendable {
    package var next = Cadence.everyToken
    package var sentiment = Cadence.everyTokenAndMessage
    package var stream = true
    package var error = true

    package init() {}
}

extension OutputProfile {
    /// How often events of this kind are due by tokens and messages; the others have no cadence.
    func cadence(of kind: EventKind) -> Cadence {
        switch kind {
        case .next: next
        case .sentiment: sentiment
        case .stream, .error: .never
        }
    }

    /// What a model without a head cannot say is never due.
    func limited(to heads: ModelConfig.Heads) -> OutputProfile {
        var profile = self
        if !heads.next { profile.next = .never }
        if !heads.sentiment { profile.sentiment = .never }
        return profile
    }
}
