package import Engine
package import Model
package import Replay

/// Steps through a session forwards and backwards.
///
/// A place has the same values from both directions. A step backwards plays forwards from the nearest
/// earlier state, in memory or in the store.
package final class SessionDebugger {
    package let session: Session
    /// The position of the first stored request.
    package let first: UInt64
    private let points: PointReader
    private var cache: PointCache
    /// The reader's position, and whether its next point has all events after the previous token.
    private var head: UInt64
    private var isWhole = true
    /// The last position; nil until it was reached.
    private(set) package var last: UInt64?

    /// For a greater distance, a nearer checkpoint is searched for.
    private static let near: UInt64 = 64

    /// - Parameter options: `top` and `kernelTier` count.
    /// - Throws: `StorageError`, `MissingModelError`, `KernelError`.
    package init(_ session: Session, options: EngineOptions = EngineOptions()) throws {
        self.session = session
        points = try PointReader(session, options: options)
        let beginning = points.standing.position
        cache = PointCache(valueCount: points.model.network.stateLayout.valueCount)
        // A stream that began with a snapshot read its first tokens in another store.
        let next = try points.next()
        first = next.map { $0.position - 1 } ?? beginning
        head = first
        try move(to: nil)
    }

    /// The model that reads at the last requested place.
    package var model: Model { points.model }

    /// Nil before `first` and after the end.
    package func point(at position: UInt64) throws -> SessionPoint? {
        if let point = cache[position] { return point }
        guard position >= first, last.map({ position <= $0 }) ?? true else { return nil }
        try approach(position)
        return try play(to: position)
    }

    /// The last position. Plays from the last checkpoint to the end.
    package func end() throws -> UInt64 {
        if let last { return last }
        try move(to: try session.snapshot(atOrBeforeToken: .max))
        while let point = try points.next() {
            if point.token != nil { (head, isWhole) = (point.position, true) }
        }
        var position = head
        while try point(at: position) != nil { position += 1 }
        return last ?? position
    }

    /// Moves the reader before a position, from the nearest state.
    private func approach(_ position: UInt64) throws {
        let canContinue = head < position && (isWhole || head + 1 < position)
        if canContinue, position - head <= Self.near { return }
        let resting = cache.resting(before: position)
        let nearest = resting?.position ?? first
        // A checkpoint at the previous token may be after that token's events.
        let stored =
            position - nearest > Self.near && position >= first + 2
            ? try session.snapshot(atOrBeforeToken: position - 2) : nil
        let start = max(nearest, stored?.state.incarnationTokens ?? first)
        if canContinue, head >= start { return }
        if let resting, resting.position == start {
            try points.move(to: resting.snapshot)
            (head, isWhole) = (resting.position, true)
        } else {
            try move(to: stored)
        }
    }

    private func move(to stored: StreamSnapshot?) throws {
        try points.move(to: stored)
        (head, isWhole) = (stored?.state.incarnationTokens ?? first, stored == nil)
        if stored == nil { cache.insert(start) }
    }

    /// The place before the first stored token.
    private var start: SessionPoint {
        var start = points.standing
        start.position = first
        return start
    }

    private func play(to position: UInt64) throws -> SessionPoint? {
        while head < position {
            guard let point = try points.next() else { return try playAgain(to: position) }
            head = point.position
            if isWhole {
                cache.insert(point)
                keepState(behind: point)
            }
            isWhole = true
        }
        return cache[position]
    }

    /// The end was reached, unless playing began from a state after the last token.
    private func playAgain(to position: UInt64) throws -> SessionPoint? {
        guard !isWhole else {
            last = head
            return nil
        }
        let reached = head
        head = .max
        guard try point(at: reached) != nil else { return nil }
        return try play(to: position)
    }

    private func keepState(behind point: SessionPoint) {
        guard point.token != nil, cache.wantsResting(at: point.position),
            let snapshot = points.snapshot
        else { return }
        cache.insert(.init(position: point.position, snapshot: snapshot))
    }
}
