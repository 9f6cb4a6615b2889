import Dispatch
package import Wire

/// What goes into the engine.
package enum EngineInput: Sendable {
    case request(Request)
    /// An input was refused, of a stream that could be named or of none; `sender` is where the answer
    /// goes.
    case refusal(StreamID?, Refusal, sender: Sender? = nil)
    /// Asks for a stream's state once all that came for it before is done; nil if there is no such
    /// stream, a refusal if it is stopped.
    case snapshot(StreamID, reply: @Sendable (Result<StreamSnapshot?, Refusal>) -> Void)
    /// Asks where a stream is now, at once; nil if it is not in memory.
    case position(StreamID, reply: @Sendable (StreamPosition?) -> Void)
    /// Asks which streams one shard holds.
    case list(StreamSelection, reply: @Sendable ([ResidentStream]) -> Void)
    /// Read again what the journal has of a stream beyond its checkpoint.
    case recovery(StreamID, isDone: @Sendable () -> Void)
    /// Evict a stream if it is idle; a refusal if it is stopped.
    case eviction(StreamID, reply: @Sendable (Result<EvictionResult, Refusal>) -> Void)
    /// Checkpoint all streams of one shard that have changed; answered when that is done.
    case checkpoint(isDone: @Sendable () -> Void)
    /// Rows of a stream were found to be damaged, as the text says: it is stopped.
    case damage(StreamID, String)
    /// No stream waits for its recovery any more.
    case recovered

    /// What became of an eviction that was asked for.
    package enum EvictionResult: Sendable {
        case evicted
        /// It has something to read.
        case busy
        case noSuchStream
    }

    /// Where a refusal is answered.
    package struct Sender: Sendable {
        package let replyTo: ReplyAddress
        /// The refused message's own number, if it had one that can be read.
        package let producerSequence: UInt64?

        package init(replyTo: ReplyAddress, producerSequence: UInt64?) {
            self.replyTo = replyTo
            self.producerSequence = producerSequence
        }
    }

    /// Bytes that it counts for while it waits.
    package var weight: Int {
        switch self {
        // It must have room even where the stream's text has taken all.
        case .request(let request) where request.overtakes: 0
        case .request(let request): request.text.count + Self.overhead
        case .refusal, .snapshot, .position, .list, .recovery, .recovered, .damage, .eviction,
            .checkpoint:
            Self.overhead
        }
    }

    /// When a socket received it; nil for what came by none.
    var received: DispatchTime? {
        if case .request(let request) = self { request.received } else { nil }
    }

    /// The stream that has to be held in memory for it.
    var stream: StreamID? {
        switch self {
        case .request(let request): request.stream
        case .refusal(let id, _, _): id
        case .recovery(let id, _): id
        case .snapshot, .position, .list, .recovered, .damage, .eviction, .checkpoint: nil
        }
    }

    /// The stream whose state is asked for.
    var queriedStream: StreamID? {
        if case .snapshot(let id, _) = self { id } else { nil }
    }

    private static let overhead = 128
}
