/// Where the answer to a request goes: which input, and which of its peers.
package struct Route: Hashable, Sendable {
    /// Index of the input among those configured.
    package let input: Int
    /// The frames before the message: the peer's identity, and an empty one if it sent that.
    package let envelope: [[UInt8]]

    package init(input: Int, envelope: [[UInt8]]) {
        self.input = input
        self.envelope = envelope
    }
}

/// The answer to a request from an acknowledged input, sent once the journal has it.
package struct Acknowledgement: Sendable {
    package enum Result: Hashable, Sendable {
        /// The journal has it.
        case accepted
        /// The journal had it already; nothing was done again.
        case duplicate
        /// It will never be accepted as it stands.
        case refused(Refusal)
    }

    package let route: Route
    /// Nil where no stream could be named.
    package let stream: StreamID?
    package let producerSequence: UInt64?
    package let result: Result

    package init(
        route: Route, stream: StreamID?, producerSequence: UInt64?, result: Result
    ) {
        self.route = route
        self.stream = stream
        self.producerSequence = producerSequence
        self.result = result
    }
}
