/// What has been published of a stream on one output: the result of `position`.
package struct PublishedPosition: Codable, Equatable, Sendable {
    package var stream: String
    /// How many earlier incarnations of this name there were.
    package var incarnation: UInt64
    /// When it began and ended, in seconds since 1970.
    package var began: Double
    package var ended: Double?
    package var epoch: UInt64
    /// The numbers of the next events.
    package var next: [EventKind: UInt64]
    /// The numbers of the first events that can still be had.
    package var first: [EventKind: UInt64]
    /// More may have been published that is not in the store yet: ask again soon.
    package var pending: Bool

    package init(
        stream: String, incarnation: UInt64, began: Double, ended: Double?, epoch: UInt64,
        next: [EventKind: UInt64], first: [EventKind: UInt64], pending: Bool = false
    ) {
        self.stream = stream
        self.incarnation = incarnation
        self.began = began
        self.ended = ended
        self.epoch = epoch
        self.next = next
        self.first = first
        self.pending = pending
    }

    private enum CodingKeys: String, CodingKey {
        case stream
        case incarnation = "life"
        case began, ended, epoch, next, first, pending
    }
}

/// What an answer to `backfill` has: the events are in the frames after it, `topic | body | sequence`
/// each, as they were published.
package struct BackfillReport: Codable, Equatable, Sendable {
    package var stream: String
    package var incarnation: UInt64
    /// How many events follow.
    package var events: Int
    /// What is left, to be asked for next.
    package var rest: [EventKind: EventRange]
    /// The rest is published but cannot be had yet: ask again soon.
    package var pending: Bool

    package init(
        stream: String, incarnation: UInt64, events: Int, rest: [EventKind: Range<UInt64>],
        pending: Bool
    ) {
        self.stream = stream
        self.incarnation = incarnation
        self.events = events
        self.rest = rest.mapValues { EventRange($0) }
        self.pending = pending
    }

    private enum CodingKeys: String, CodingKey {
        case stream
        case incarnation = "life"
        case events, rest, pending
    }
}

/// Numbers of events as `[from, to]`; `to` is not included, and null for an open end.
package struct EventRange: Codable, Equatable, Sendable {
    package let range: Range<UInt64>

    package init(_ range: Range<UInt64>) { self.range = range }

    package init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        let start = try container.decode(UInt64.self)
        let end = try container.decode(UInt64?.self) ?? .max
        guard start <= end, container.isAtEnd else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected [from, to]")
        }
        range = start..<end
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(range.lowerBound)
        try container.encode(range.upperBound == .max ? nil : range.upperBound)
    }
}

// As a key of a dictionary.
extension EventKind: CodingKeyRepresentable {}
