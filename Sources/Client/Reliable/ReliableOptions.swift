package import Names
package import Wire
package import ZeroMQ

/// Where and how to publish so that every message is acknowledged.
package struct ReliableOptions: Sendable {
    package let endpoint: Endpoint
    package let stream: StreamID
    /// The producer that numbers the messages. The daemon accepts each number of a producer once in
    /// a stream.
    package let producer: Name
    /// Only this run uses the name. Once all messages are acknowledged, the client reports to the
    /// daemon that the producer is done.
    package var isProducerUsedOnce = false
    /// The number of the first message.
    package var start: UInt64 = 0
    package var mode = MessageSplitter.Mode.wholeText
    package var longestPiece = 1 << 16
    /// Messages per second; nil for no limit.
    package var rate: Double?
    /// End the stream after the last message.
    package var endsStream = false
    /// Unacknowledged messages at most, and bytes of text in them.
    package var window = 512
    package var windowBytes = 8 << 20
    /// How long to wait for an acknowledgement before messages are sent again.
    package var resendAfter = Duration.seconds(10)
    /// Continue after a message was refused.
    package var keepsGoing = false
    /// How long to wait at the start for a connection; nil for ever.
    package var patience: Duration?
    /// How long to wait at the end for the last acknowledgements; nil for ever.
    package var linger: Duration?
    /// The longest wait after an interruption.
    package var grace = Duration.seconds(5)
    /// Whether an interruption ends the text, as for a followed file. Otherwise nothing is sent after
    /// it that the same text, sent again, would not have under the same number.
    package var interruptionEndsText = false

    package init(endpoint: Endpoint, stream: StreamID, producer: Name) {
        self.endpoint = endpoint
        self.stream = stream
        self.producer = producer
    }

    /// A name that no other run has, so that numbers can begin at 0.
    package static func uniqueProducer() -> Name {
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return Name("pub-" + String(repeating: "0", count: 16 - digits.count) + digits)
    }
}
