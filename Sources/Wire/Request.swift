package import Dispatch
package import Names

/// A request for one stream. A stream changes by requests, and by nothing else.
package struct Request: Sendable {
    package enum Operation: String, Sendable, CaseIterable {
        /// Read this text; without `more`, it ends the message.
        case text
        /// Read what is held back, score the message, and forget the stream.
        case end
        /// Zero the stream and raise its epoch; what is held back is dropped.
        case reset
        /// Force held-back bytes out as tokens; the message stays open.
        case flush
        /// The daemon's own: evict the idle stream to the store.
        case evict
        /// The daemon's own: restore it from the store.
        case resume
        /// The daemon's own: continue with another model, from zero in a new epoch.
        case model
        /// An administrator's: begin a stream with the snapshot that is the text.
        case put
        /// An input that was refused; the text is the reason. It changes no state; an event is
        /// published.
        case refusal

        /// Whether a publisher may ask for it.
        package var isPublic: Bool {
            switch self {
            case .text, .end, .reset, .flush: true
            case .evict, .resume, .model, .put, .refusal: false
            }
        }

        /// Whether it came from outside: the daemon's own requests come in by no endpoint.
        package func isInput(endpoint: String?) -> Bool {
            switch self {
            case .text, .end, .reset, .put, .refusal: true
            case .flush: endpoint != nil
            case .evict, .resume, .model: false
            }
        }
    }

    package let stream: StreamID
    package var operation: Operation
    package var text: [UInt8]
    /// The text continues in the next request, cut at any byte.
    package var more: Bool
    /// The producer that numbers its requests; several producers of one stream each need a name.
    package var producer: Name
    /// The producer's own number of this request.
    package var producerSequence: UInt64?
    /// It is the last that its producer sends.
    package var isLast = false
    /// The producer's own time of this request, in seconds since 1970.
    package var time: Double?
    /// The endpoint it came in by.
    package var endpoint: String?
    /// When a socket received it. For measurements alone: it is not stored, and nothing that is
    /// published depends on it.
    package var received: DispatchTime?
    /// Where to acknowledge it; nil where the socket cannot.
    package var replyTo: ReplyAddress?
    /// An administrator's `reset` or `end`: accepted text of the stream that is not processed yet
    /// is dropped.
    package var overtakes = false

    package init(
        stream: StreamID, operation: Operation = .text, text: [UInt8] = [], more: Bool = false,
        producer: Name = "", producerSequence: UInt64? = nil, time: Double? = nil,
        endpoint: String? = nil, replyTo: ReplyAddress? = nil
    ) {
        self.stream = stream
        self.operation = operation
        self.text = text
        self.more = more
        self.producer = producer
        self.producerSequence = producerSequence
        self.time = time
        self.endpoint = endpoint
        self.replyTo = replyTo
    }
}
