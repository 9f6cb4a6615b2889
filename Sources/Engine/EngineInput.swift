package import Wire

/// What goes into the engine: a request, or the news that an input was refused.
package enum EngineInput: Sendable {
    case request(Request)
    /// Of a stream that could be named, or of none; `sender` is whoever waits for the answer.
    case refusal(StreamID?, Refusal, sender: Sender? = nil)

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
        case .refusal: Self.overhead
        }
    }

    private static let overhead = 128
}
