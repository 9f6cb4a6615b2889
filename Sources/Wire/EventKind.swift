/// The kind of an event; with the stream id it makes the topic `<kind>/<stream id>`.
package enum EventKind: String, CaseIterable, Sendable, Codable {
    /// The token just read, its surprisal, and the candidates for the next one.
    case next
    /// How positive the text is, by token or by message.
    case sentiment
    /// A stream started, was reset, or ended.
    case stream
    /// An input was refused, or a stream was quarantined.
    case error

    /// `next/` and so on, as bytes.
    package var topicPrefix: [UInt8] {
        switch self {
        case .next: Self.nextPrefix
        case .sentiment: Self.sentimentPrefix
        case .stream: Self.streamPrefix
        case .error: Self.errorPrefix
        }
    }

    // Made once: every event's digest begins with one.
    private static let nextPrefix = Array("next/".utf8)
    private static let sentimentPrefix = Array("sentiment/".utf8)
    private static let streamPrefix = Array("stream/".utf8)
    private static let errorPrefix = Array("error/".utf8)
}
