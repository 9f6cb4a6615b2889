package import Wire
package import ZeroMQ

/// Where and how to publish.
package struct PublisherOptions: Sendable {
    package enum Pattern: Sendable {
        /// To a SUB: waits for its subscription, since earlier messages are dropped.
        case publish
        /// To a PULL.
        case push
    }

    package let endpoint: Endpoint
    package let pattern: Pattern
    package let stream: StreamID
    package var mode = MessageSplitter.Mode.wholeText
    package var longestPiece = 1 << 16
    /// Messages per second; nil for no limit.
    package var rate: Double?
    /// End the stream after the last message.
    package var endsStream = false
    /// How long to wait at the start for a connection; nil for ever.
    package var patience: Duration?
    /// How long to wait at the end for the delivery of all messages.
    package var linger = Duration.seconds(10)

    package init(endpoint: Endpoint, pattern: Pattern, stream: StreamID) {
        self.endpoint = endpoint
        self.pattern = pattern
        self.stream = stream
    }
}
