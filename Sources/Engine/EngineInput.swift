package import Wire

/// What goes into the engine.
package enum EngineInput: Sendable {
    case request(Request)
    /// The news that an input was refused, of a stream that could be named or of none; `sender` is
    /// whoever waits for the answer.
    case refusal(StreamID?, Refusal, sender: Sender? = nil)
    /// Somebody wants a stream's state once all that came for it before is done; nil if there is no
    /// such stream, a refusal if it is stopped.
    case snapshot(StreamID, reply: @Sendable (Result<StreamSnapshot?, Refusal>) -> Void)
    /// Somebody wants to know which streams one shard holds.
    case list(StreamSelection, reply: @Sendable ([ResidentStream]) -> Void)
    /// Read again what the journal has of a stream beyond its checkpoint.
    case recovery(StreamID, isDone: @Sendable () -> Void)
    /// Rows of a stream were found to be damaged, as the text says: it is stopped.
    case damage(StreamID, String)
    /// No stream waits for its recovery any more.
    case recovered

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
        // It must find room where the stream's text has taken all.
        case .request(let request) where request.overtakes: 0
        case .request(let request): request.text.count + Self.overhead
        case .refusal, .snapshot, .list, .recovery, .recovered, .damage: Self.overhead
        }
    }

    /// The stream that has to be held in memory for it.
    var stream: StreamID? {
        switch self {
        case .request(let request): request.stream
        case .refusal(let id, _, _): id
        case .recovery(let id, _): id
        case .snapshot, .list, .recovered, .damage: nil
        }
    }

    /// The stream whose state is asked for.
    var queriedStream: StreamID? {
        if case .snapshot(let id, _) = self { id } else { nil }
    }

    private static let overhead = 128
}

/// Some of the streams, in the order of their names' bytes.
package struct StreamSelection: Sendable {
    /// What their names begin with.
    package var prefix: [UInt8] = []
    /// The name that they come after; nil for the first.
    package var after: [UInt8]?
    /// How many at most.
    package var limit = Int.max

    package init(prefix: [UInt8] = [], after: [UInt8]? = nil, limit: Int = .max) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }

    package func contains(_ stream: StreamID) -> Bool {
        stream.utf8.starts(with: prefix)
            && after.map { $0.lexicographicallyPrecedes(stream.utf8) } ?? true
    }
}

/// What is known of a stream that is held in memory, without its state.
package struct ResidentStream: Equatable, Sendable {
    package let stream: StreamID
    package let life: UInt64
    package let epoch: UInt64
    package let tokens: UInt64
    package let messages: UInt64
    /// When its latest request from outside came, in seconds since 1970; nil if that was before the
    /// stream was brought back from the store.
    package let lastInput: Double?
    package let isIdle: Bool
    package let isQuarantined: Bool
}
