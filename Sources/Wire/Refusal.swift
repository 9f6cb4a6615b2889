/// Why an input was not accepted: the body of an `error` event.
package struct Refusal: Error, Hashable, Sendable {
    /// The kinds of refusals, for subscribers and statistics.
    package enum Code: String, Sendable, CaseIterable, Codable {
        case emptyMessage = "empty_message"
        case frameCount = "frame_count"
        case streamID = "stream_id"
        case header = "header"
        case textTooLarge = "text_too_large"
        case notUTF8 = "not_utf8"
        case noSuchStream = "no_such_stream"
        case tooManyStreams = "too_many_streams"
        case quarantined = "quarantined"
        case nonFiniteState = "non_finite_state"
        case messageTooLong = "message_too_long"
        /// By the limits on producers in use. Old journals have it of the 1025th producer of a stream,
        /// where an unused one makes room now.
        case tooManyProducers = "too_many_producers"
        /// More messages or bytes than may come in a time. It is never an event: nothing of it is
        /// recorded.
        case rateLimited = "rate_limited"
        case damaged
        case snapshot = "snapshot"
        case streamExists = "stream_exists"
        /// The sender's key does not allow it. It is never an event: it would be one of a stream that
        /// is not the sender's.
        case notAllowed = "not_allowed"
    }

    package let code: Code
    /// What was found and what was expected, as one sentence.
    package let message: String
    /// The endpoint that it came by, if it came by a socket.
    package var endpoint: String?
    /// How long to wait before it is sent again unchanged, in milliseconds; nil where that does not
    /// help.
    package var retryAfter: Int?

    package init(_ code: Code, _ message: String, endpoint: String? = nil) {
        self.code = code
        self.message = message
        self.endpoint = endpoint
    }

    static func streamID(_ found: String) -> Refusal {
        Refusal(
            .streamID,
            "the stream id \(found); expected 1 to \(StreamID.longest) bytes of UTF-8 "
                + "without control characters")
    }
}

extension Refusal: CustomStringConvertible {
    package var description: String { message }
}
