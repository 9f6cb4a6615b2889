/// The answer to a request from an acknowledged input, sent once the journal has committed it.
package struct Acknowledgement: Sendable {
    package enum Result: Hashable, Sendable {
        /// The journal has it.
        case accepted
        /// The journal had it already; nothing was done again.
        case duplicate
        /// Sending it again unchanged is refused again, unless the refusal says how long to wait.
        case refused(Refusal)
    }

    package let replyTo: ReplyAddress
    /// Nil where no stream could be named.
    package let stream: StreamID?
    package let producerSequence: UInt64?
    package let result: Result

    package init(
        replyTo: ReplyAddress, stream: StreamID?, producerSequence: UInt64?, result: Result
    ) {
        self.replyTo = replyTo
        self.stream = stream
        self.producerSequence = producerSequence
        self.result = result
    }
}
