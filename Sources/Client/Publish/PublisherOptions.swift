package import Wire
package import ZeroMQ

/// Where and how to publish.
package struct PublisherOptions: Sendable {
    package enum Pattern: Sendable {
        /// To a SUB: waits until it subscribes, since what is sent before is lost.
        case publish
        /// To a PULL.
        case push
    }

    package let endpoint: Endpoint
    package let pattern: Pattern
    package let stream: StreamID
    package var mode = MessageSplitter.Mode.wholeText
    package var longestPiece = 1 << 16
    /// Messages per second; nil for as fast as they are taken.
    package var rate: Double?
    /// Forget the stream after the last message.
    package var endsStream = false
    /// How long to wait at the start for whoever takes the messages; nil for ever.
    package var patience: Duration?
    /// How long to wait at the end until all is delivered.
    package var linger = Duration.seconds(10)

    package init(endpoint: Endpoint, pattern: Pattern, stream: StreamID) {
        self.endpoint = endpoint
        self.pattern = pattern
        self.stream = stream
    }
}
