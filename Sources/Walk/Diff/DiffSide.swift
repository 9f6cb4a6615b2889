package import Model

/// One of the two that are compared: a life, or one epoch of it, read by some model.
package final class DiffSide {
    private let track: Track
    private let epoch: UInt64?
    /// A point that was looked at and not yet taken.
    private var peeked: WalkPoint?

    /// - Parameter epoch: the only one to read; nil for all.
    package init(_ track: Track, epoch: UInt64? = nil) {
        self.track = track
        self.epoch = epoch
    }

    package var model: Model { track.model }

    /// Whether there is no token left.
    package var isEmpty: Bool { get throws { try peek() == nil } }

    /// The next point with a token; nil behind the last, or where the next is of another epoch
    /// than `current`.
    func next(in current: UInt64?) throws -> WalkPoint? {
        guard let point = try peek(), current == nil || point.epoch == current else { return nil }
        peeked = nil
        return point
    }

    func peek() throws -> WalkPoint? {
        while peeked == nil {
            guard let point = try track.next() else { return nil }
            guard point.token != nil, epoch == nil || point.epoch == epoch else {
                if let epoch, point.epoch > epoch { return nil }
                continue
            }
            peeked = point
        }
        return peeked
    }
}
