package import Names
package import Wire
package import ZeroMQ

/// Where and how to publish so that every message is acknowledged.
package struct ReliableOptions: Sendable {
    package let endpoint: Endpoint
    package let stream: StreamID
    /// Who numbers the messages: the daemon takes each number of a producer once in a stream.
    package let producer: Name
    /// The name is this run's alone: once all is acknowledged, the daemon is told that it is done.
    package var isProducerUsedOnce = false
    /// The number of the first message.
    package var start: UInt64 = 0
    package var mode = MessageSplitter.Mode.wholeText
    package var longestPiece = 1 << 16
    /// Messages per second; nil for as fast as they are taken.
    package var rate: Double?
    /// Forget the stream after the last message.
    package var endsStream = false
    /// Unacknowledged messages at most, and bytes of text in them.
    package var window = 512
    package var windowBytes = 8 << 20
    /// How long to wait for an acknowledgement before sending again what has none.
    package var resendAfter = Duration.seconds(10)
    /// Go on after a message was refused.
    package var keepsGoing = false
    /// How long to wait at the start for whoever acknowledges; nil for ever.
    package var patience: Duration?
    /// How long to wait at the end for the last acknowledgements; nil for ever.
    package var linger: Duration?
    /// And how long at most after an interruption.
    package var grace = Duration.seconds(5)
    /// Whether an interruption is the end of the text, as of one that has no other. Otherwise
    /// nothing is sent after it that the same text, sent again, would not have there.
    package var interruptionEndsText = false

    package init(endpoint: Endpoint, stream: StreamID, producer: Name) {
        self.endpoint = endpoint
        self.stream = stream
        self.producer = producer
    }

    /// A name that no other run has, so that numbers can begin anew.
    package static func uniqueProducer() -> Name {
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return Name("pub-" + String(repeating: "0", count: 16 - digits.count) + digits)
    }
}
