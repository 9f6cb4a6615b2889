package import Engine
package import Model
package import Replay

/// Goes through a session forwards and backwards.
///
/// What it shows of a place does not depend on how it came there: backwards is forwards from the
/// nearest state that is kept, in memory or in the store.
package final class Walker {
    package let history: StoredHistory
    /// The position where what is kept begins.
    package let first: UInt64
    private let track: Track
    private var cache: PointCache
    /// The track's position, and whether its next point tells all since the token before.
    private var head: UInt64
    private var isWhole = true
    /// The last position, once it has been seen.
    private(set) package var last: UInt64?

    /// Further than this, the store is asked for a nearer state.
    private static let near: UInt64 = 64

    /// - Parameter options: `top` and `kernelTier` count.
    /// - Throws: `StorageError`, `MissingModelError`, `KernelError`, `WalkError`.
    package init(_ session: Session, options: EngineOptions = EngineOptions()) throws {
        let history = StoredHistory(session)
        self.history = history
        track = try Track(history, models: history.model, options: options)
        let beginning = track.standing.position
        cache = PointCache(valueCount: track.model.network.stateLayout.valueCount)
        // A stream that was put has read its first tokens elsewhere.
        let next = try track.next()
        first = next.map { $0.position - 1 } ?? beginning
        head = first
        try move(to: nil)
    }

    /// The model that reads at the place that was asked for last.
    package var model: Model { track.model }

    /// Nil before `first` and behind the end.
    package func point(at position: UInt64) throws -> WalkPoint? {
        if let point = cache[position] { return point }
        guard position >= first, last.map({ position <= $0 }) ?? true else { return nil }
        try approach(position)
        return try play(to: position)
    }

    /// The last position. Plays what is behind the last checkpoint.
    package func end() throws -> UInt64 {
        if let last { return last }
        try move(to: try history.snapshot(atOrBeforeToken: .max))
        while let point = try track.next() {
            if point.token != nil { (head, isWhole) = (point.position, true) }
        }
        var position = head
        while try point(at: position) != nil { position += 1 }
        return last ?? position
    }

    /// Brings the track before a position, from wherever that takes least.
    private func approach(_ position: UInt64) throws {
        let goesOn = head < position && (isWhole || head + 1 < position)
        if goesOn, position - head <= Self.near { return }
        let resting = cache.resting(before: position)
        let nearest = resting?.position ?? first
        // One that has the token before may have more than that token.
        let stored =
            position - nearest > Self.near && position >= first + 2
            ? try history.snapshot(atOrBeforeToken: position - 2) : nil
        let start = max(nearest, stored?.state.lifeTokens ?? first)
        if goesOn, head >= start { return }
        if let resting, resting.position == start {
            try track.move(to: resting.snapshot)
            (head, isWhole) = (resting.position, true)
        } else {
            try move(to: stored)
        }
    }

    private func move(to stored: StreamSnapshot?) throws {
        try track.move(to: stored)
        (head, isWhole) = (stored?.state.lifeTokens ?? first, stored == nil)
        if stored == nil { cache.insert(start) }
    }

    /// Before the first token, whatever was read before it elsewhere.
    private var start: WalkPoint {
        var start = track.standing
        start.position = first
        return start
    }

    private func play(to position: UInt64) throws -> WalkPoint? {
        while head < position {
            guard let point = try track.next() else { return try playAgain(to: position) }
            head = point.position
            if isWhole {
                cache.insert(point)
                keepState(behind: point)
            }
            isWhole = true
        }
        return cache[position]
    }

    /// There is no more. Unless the state that it was played from had the last token, that is all.
    private func playAgain(to position: UInt64) throws -> WalkPoint? {
        guard !isWhole else {
            last = head
            return nil
        }
        let reached = head
        head = .max
        guard try point(at: reached) != nil else { return nil }
        return try play(to: position)
    }

    private func keepState(behind point: WalkPoint) {
        guard point.token != nil, cache.wantsResting(at: point.position),
            let snapshot = track.snapshot
        else { return }
        cache.insert(.init(position: point.position, snapshot: snapshot))
    }
}
