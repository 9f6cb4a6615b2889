package import Model

/// One side of a comparison: a session, or one epoch of it, read by a model.
package final class DiffSide {
    private let points: PointReader
    private let epoch: UInt64?
    /// The next point, if `peek` has read it.
    private var peeked: SessionPoint?

    /// - Parameter epoch: the only one to read; nil for all.
    package init(_ points: PointReader, epoch: UInt64? = nil) {
        self.points = points
        self.epoch = epoch
    }

    package var model: Model { points.model }

    /// Whether no token is left.
    package var isEmpty: Bool { get throws { try peek() == nil } }

    /// The next point with a token; nil after the last, and where the next is of another epoch than
    /// `current`.
    func next(in current: UInt64?) throws -> SessionPoint? {
        guard let point = try peek(), current == nil || point.epoch == current else { return nil }
        peeked = nil
        return point
    }

    func peek() throws -> SessionPoint? {
        while peeked == nil {
            guard let point = try points.next() else { return nil }
            guard point.token != nil, epoch == nil || point.epoch == epoch else {
                if let epoch, point.epoch > epoch { return nil }
                continue
            }
            peeked = point
        }
        return peeked
    }
}
