package import Names
package import Wire
package import ZeroMQ

/// Where and how to publish.
package struct PublisherOptions: Sendable {
    package enum Way: Sendable {
        /// To a SUB: waits for its subscription, since earlier messages are dropped.
        case publish
        /// To a PULL.
        case push
        /// To a ROUTER, which acknowledges each message.
        case acknowledged
    }

    package let endpoint: Endpoint
    package let way: Way
    package let stream: StreamID
    package var mode = MessageSplitter.Mode.wholeText
    package var longestPiece = 1 << 16
    /// Messages per second; nil for no limit.
    package var rate: Double?
    /// End the stream after the last message.
    package var endsStream = false
    /// How long to wait at the start for a connection; nil forever.
    package var patience: Duration?
    /// Keys for endpoints of TCP that are encrypted.
    package var curve: SocketOptions.CurveClient?
    /// How long to wait at the end for the delivery of all messages; nil forever where they are
    /// acknowledged, and for 10 s where they are not.
    package var linger: Duration?

    // MARK: Of acknowledged publishing

    /// The producer that numbers the messages. The daemon accepts each number of a producer once in
    /// a stream.
    package var producer: Name = ""
    /// Only this run uses the name. Once all messages are acknowledged, the client reports to the
    /// daemon that the producer is done.
    package var isProducerUsedOnce = false
    /// The number of the first message.
    package var start: UInt64 = 0
    /// Unacknowledged messages at most, and bytes of text in them.
    package var window = 512
    package var windowBytes = 8 << 20
    /// How long to wait for an acknowledgement before messages are sent again.
    package var resendAfter = Duration.seconds(10)
    /// Continue after a message was refused.
    package var keepsGoing = false
    /// The longest wait after an interruption.
    package var grace = Duration.seconds(5)
    /// Whether an interruption ends the text, as for a followed file. Otherwise nothing is sent after
    /// it that the same text, sent again, would not have under the same number.
    package var interruptionEndsText = false

    package init(endpoint: Endpoint, way: Way, stream: StreamID) {
        self.endpoint = endpoint
        self.way = way
        self.stream = stream
    }

    /// A name that no other run has, so that numbers can begin at 0.
    package static func uniqueProducer() -> Name {
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return Name("pub-" + String(repeating: "0", count: 16 - digits.count) + digits)
    }
}
