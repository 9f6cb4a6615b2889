package import Wire
package import ZeroMQ

/// An output message as received, not yet decoded.
package struct EventMessage: Equatable, Sendable {
    package let topic: Topic
    /// One JSON object.
    package let body: [UInt8]
    package let sequence: UInt64
    /// It was missed, and had from the daemon later.
    package let isRecovered: Bool

    package init(topic: Topic, body: [UInt8], sequence: UInt64, isRecovered: Bool = false) {
        self.isRecovered = isRecovered
        self.topic = topic
        self.body = body
        self.sequence = sequence
    }

    /// Nil if the message is not `topic | body | sequence`.
    package init?(_ message: borrowing Multipart) {
        guard message.count == 3, message.droppedFrameCount == 0,
            let topic = Topic(bytes: message.copyFrame(0)), message.frameByteCount(2) == 8
        else { return nil }
        let sequence = message.copyFrame(2).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.init(topic: topic, body: message.copyFrame(1), sequence: sequence)
    }
}
