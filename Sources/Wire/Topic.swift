package import Names

/// The first frame of an event: `<kind>/<stream id>`.
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
