package import Names

/// One thing asked of one stream. All that changes a stream is a request, and only that.
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
        /// The daemon's own: move the idle stream to the store.
        case evict
        /// The daemon's own: take it back from there.
        case resume
        /// The daemon's own: go on with another model, from zero in a new epoch.
        case model
        /// An administrator's: begin a stream with the snapshot that is the text.
        case put
        /// An input that was refused; the text says why. It changes nothing but what is told.
        case refusal

        /// Whether a publisher may ask for it.
        package var isPublic: Bool {
            switch self {
            case .text, .end, .reset, .flush: true
            case .evict, .resume, .model, .put, .refusal: false
            }
        }

        /// Whether somebody else asked for it than the daemon itself, whose own requests come in by
        /// no endpoint.
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
    /// The text goes on in the next request, cut at any byte.
    package var more: Bool
    /// Who numbers its requests; several producers of one stream each need a name.
    package var producer: Name
    /// The producer's own number of this request.
    package var producerSequence: UInt64?
    /// It is the last that its producer sends.
    package var isLast = false
    /// The producer's own time of this request, in seconds since 1970.
    package var time: Double?
    /// The endpoint it came in by.
    package var endpoint: String?
    /// Where to acknowledge it; nil for what came by a socket that cannot.
    package var route: Route?
    /// An administrator's `reset` or `end`: text of the stream that was accepted before and is not
    /// read yet is not read any more.
    package var overtakes = false

    package init(
        stream: StreamID, operation: Operation = .text, text: [UInt8] = [], more: Bool = false,
        producer: Name = "", producerSequence: UInt64? = nil, time: Double? = nil,
        endpoint: String? = nil, route: Route? = nil
    ) {
        self.stream = stream
        self.operation = operation
        self.text = text
        self.more = more
        self.producer = producer
        self.producerSequence = producerSequence
        self.time = time
        self.endpoint = endpoint
        self.route = route
    }
}
