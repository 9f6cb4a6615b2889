/// Which events of a stream to compute again.
package struct ControlBackfill: Equatable, Sendable {
    package static let limits = 1...1000

    package var place: ControlPosition
    /// By kind, from a number up to, not with, another; `.max` for up to the last one published.
    package var ranges: [EventKind: Range<UInt64>]
    /// How many events one answer may have.
    package var limit = limits.upperBound

    package init(_ place: ControlPosition, ranges: [EventKind: Range<UInt64>]) {
        self.place = place
        self.ranges = ranges
    }
}

/// A stream's events on one output.
package struct ControlPosition: Equatable, Sendable {
    package var stream: StreamID
    /// The incarnation; nil for the last one.
    package var incarnation: UInt64?
    /// The place of the output in the daemon's configuration, from 0.
    package var output = 0

    package init(_ stream: StreamID, incarnation: UInt64? = nil, output: Int = 0) {
        self.stream = stream
        self.incarnation = incarnation
        self.output = output
    }
}
