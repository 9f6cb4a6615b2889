package import Dispatch

/// Output messages that go together to one output, encoded: `topic | body | sequence` each.
///
/// One buffer holds all topics and bodies, so that handing over thousands of events moves two
/// arrays. `sequence` is sent as u64, little-endian.
package struct EventFrames: Sendable {
    package struct Entry: Sendable {
        let topicStart: Int
        let bodyStart: Int
        let bodyEnd: Int
        package let sequence: UInt64
        package let kind: EventKind
        /// When the request that it follows from was received.
        package let received: DispatchTime?
    }

    package private(set) var bytes: [UInt8] = []
    package private(set) var entries: [Entry] = []

    package init() {}

    /// With capacity for as many bytes and events as another holds.
    package init(sizedLike other: EventFrames) {
        bytes.reserveCapacity(other.bytes.count)
        entries.reserveCapacity(other.entries.count)
    }

    package var isEmpty: Bool { entries.isEmpty }

    package mutating func append(
        _ kind: EventKind, stream: [UInt8], body: ArraySlice<UInt8>, sequence: UInt64,
        received: DispatchTime? = nil
    ) {
        let topicStart = bytes.count
        switch kind {
        case .next: bytes.appendJSON("next/")
        case .sentiment: bytes.appendJSON("sentiment/")
        case .stream: bytes.appendJSON("stream/")
        case .error: bytes.appendJSON("error/")
        }
        bytes.append(contentsOf: stream)
        let bodyStart = bytes.count
        bytes.append(contentsOf: body)
        entries.append(
            Entry(
                topicStart: topicStart, bodyStart: bodyStart, bodyEnd: bytes.count,
                sequence: sequence, kind: kind, received: received))
    }

    package func topic(of entry: Entry) -> ArraySlice<UInt8> {
        bytes[entry.topicStart..<entry.bodyStart]
    }

    package func body(of entry: Entry) -> ArraySlice<UInt8> {
        bytes[entry.bodyStart..<entry.bodyEnd]
    }
}
