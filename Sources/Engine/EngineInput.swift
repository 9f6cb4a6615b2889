package import Wire

/// What goes into the engine.
package enum EngineInput: Sendable {
    case request(Request)
    /// The news that an input was refused, of a stream that could be named or of none; `sender` is
    /// whoever waits for the answer.
    case refusal(StreamID?, Refusal, sender: Sender? = nil)
    /// Somebody wants a stream's state once all that came for it before is done; nil if there is no
    /// such stream.
    case snapshot(StreamID, reply: @Sendable (StreamSnapshot?) -> Void)
    /// Somebody wants to know which streams one shard holds.
    case list(reply: @Sendable ([StreamSummary]) -> Void)
    /// Read again what the journal has of a stream beyond its checkpoint.
    case recovery(StreamID, isDone: @Sendable () -> Void)

    /// Where a refusal is answered.
    package struct Sender: Sendable {
        package let route: Route
        /// The refused message's own number, if it had one that can be read.
        package let producerSequence: UInt64?

        package init(route: Route, producerSequence: UInt64?) {
            self.route = route
            self.producerSequence = producerSequence
        }
    }

    /// Bytes that it counts for while it waits.
    package var weight: Int {
        switch self {
        case .request(let request): request.text.count + Self.overhead
        case .refusal, .snapshot, .list, .recovery: Self.overhead
        }
    }

    private static let overhead = 128
}

/// What is known of a stream that is held in memory, without its state.
package struct StreamSummary: Equatable, Sendable {
    package let stream: StreamID
    package let life: UInt64
    package let epoch: UInt64
    package let tokens: UInt64
    package let messages: UInt64
    package let isIdle: Bool
    package let isQuarantined: Bool
}
