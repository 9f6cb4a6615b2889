package import Names

/// What an event is about; with the stream id it makes the topic `<kind>/<stream id>`.
package enum EventKind: String, CaseIterable, Sendable, Codable {
    /// The token just read, its surprisal, and the candidates for the coming one.
    case next
    /// How positive the text is, by token or by message.
    case sentiment
    /// A stream started, was reset, or ended.
    case stream
    /// Something was not accepted, or a stream was quarantined.
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

package struct Topic: Hashable, Sendable {
    package let kind: EventKind
    /// Empty for an error that no stream could be named for.
    package let stream: Name

    package init(_ kind: EventKind, stream: Name) {
        self.kind = kind
        self.stream = stream
    }

    package init?(bytes: some Collection<UInt8>) {
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")),
            let kind = EventKind(rawValue: String(decoding: bytes[..<slash], as: UTF8.self)),
            let stream = String(
                validating: bytes[bytes.index(after: slash)...], as: UTF8.self)
        else { return nil }
        self.init(kind, stream: Name(stream))
    }
}
