import DequeModule
import Kernels
import Model

/// Which stream is next: all that have something to do, in turn, and the same number of tokens each.
///
/// It is work-conserving: a step takes what is ready and never waits for a fuller batch. A stream
/// with much text goes to the end of the queue after each step, so it delays no other.
final class Scheduler {
    private var ready = Deque<StreamState>()
    /// The messages of a model that reads whole messages; nil for one that reads token by token.
    private var messages: MessageQueue?
    private let maxBatch: Int

    /// Tokens of a step that is shared out when few streams are ready: enough that reading the
    /// weights is not what takes the time, and few enough that a stream that becomes ready meanwhile
    /// waits little.
    private static let sharedTokens = 16

    /// - Throws: `ModelError` if the memory for messages cannot be reserved, `KernelError`.
    init(_ model: Model, options: EngineOptions) throws {
        maxBatch = options.maxBatch
        guard model.config.bidirectional else { return }
        let kernels = try Kernels(tier: options.kernelTier)
        messages = MessageQueue(try MessageRunner(network: model.network, kernels: kernels))
    }

    var isIdle: Bool { ready.isEmpty && messages?.isEmpty ?? true }
    var readsWholeMessages: Bool { messages != nil }

    /// Most tokens that a step takes of each of its streams: one, unless they are few.
    func tokensEach(ready: Int) -> Int { max(1, min(Self.sharedTokens, maxBatch) / ready) }

    func enqueue(_ stream: StreamState) { ready.append(stream) }

    /// The next streams in the queue that come to a token.
    ///
    /// - Parameter refill: carries out what comes before the stream's next token; false if none comes.
    func nextBatch(_ refill: (StreamState) -> Bool) -> [StreamState] {
        var batch: [StreamState] = []
        batch.reserveCapacity(maxBatch)
        var visits = ready.count
        while batch.count < maxBatch, visits > 0, let stream = ready.popFirst() {
            visits -= 1
            if refill(stream) { batch.append(stream) }
        }
        return batch
    }

    /// The stream's message is complete.
    func enqueueMessage(of stream: StreamState) { messages?.append(stream) }

    /// Reads on in every message that is complete.
    ///
    /// - Returns: the streams whose messages have been read to their end.
    func advanceMessages() -> [(stream: StreamState, logit: Float?)] { messages?.advance() ?? [] }

    /// The stream has nothing more to do.
    func remove(_ stream: StreamState) {
        ready.removeAll { $0 === stream }
        messages?.remove(stream)
    }
}
