import Engine
import Names
package import Wire

/// One event as an output sent it: `topic | body | sequence`.
package struct PublishedEvent: Equatable, Sendable {
    package let kind: EventKind
    package let stream: StreamID
    /// One JSON object.
    package let body: [UInt8]
    package let sequence: UInt64

    init(_ frames: EventFrames, _ entry: EventFrames.Entry, of stream: StreamID) {
        kind = entry.kind
        self.stream = stream
        body = Array(frames.body(of: entry))
        sequence = entry.sequence
    }

    package var topic: Topic { Topic(kind, stream: Name(stream.text)) }

    package var event: Event? { try? Event(kind: kind, body: body) }
}
