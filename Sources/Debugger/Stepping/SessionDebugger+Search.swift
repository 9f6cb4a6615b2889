import Engine
package import Replay

/// Searches in a session.
extension SessionDebugger {
    package enum Found: Equatable, Sendable {
        case at(UInt64)
        case nothing
        /// `shouldContinue` stopped the search at this position.
        case interrupted(at: UInt64)
    }

    package typealias Predicate = (_ point: SessionPoint, _ previous: SessionPoint?) throws -> Bool

    /// Tokens between two calls of `shouldContinue`.
    private static let stride: UInt64 = 64
    /// A search backwards plays blocks of this many tokens forwards.
    private static let block: UInt64 = 1024

    /// The next matching position after `position`.
    ///
    /// - Parameter shouldContinue: called regularly with the current position; false stops the search.
    package func next(
        after position: UInt64, shouldContinue: (UInt64) -> Bool = { _ in true },
        where predicate: Predicate
    ) throws -> Found {
        var previous = try point(at: position)
        var next = position + 1
        while let point = try point(at: next) {
            if try predicate(point, previous) { return .at(next) }
            if next % Self.stride == 0, !shouldContinue(next) { return .interrupted(at: next) }
            (previous, next) = (point, next + 1)
        }
        return .nothing
    }

    /// The last matching position before `position`.
    package func last(
        before position: UInt64, shouldContinue: (UInt64) -> Bool = { _ in true },
        where predicate: Predicate
    ) throws -> Found {
        var end = position
        while end > first {
            let start = max(first, end - min(end, Self.block))
            var previous = start > first ? try point(at: start - 1) : nil
            var found: UInt64?
            for position in start..<end {
                guard let point = try point(at: position) else { break }
                if try predicate(point, previous) { found = position }
                previous = point
                if position % Self.stride == 0, !shouldContinue(position) {
                    return .interrupted(at: position)
                }
            }
            if let found { return .at(found) }
            end = start
        }
        return .nothing
    }

    /// The position after the first token at a place.
    package func position(of place: SessionPlace) throws -> UInt64 {
        switch place {
        case .start: return first
        case .end: return try end()
        default:
            let next = try session.player(at: place).progress.incarnationTokens + 1
            return try point(at: next) == nil ? end() : next
        }
    }
}

extension SessionPoint {
    /// Whether the token is the first of its message.
    package func beginsMessage(after previous: SessionPoint?) -> Bool {
        guard let token else { return false }
        guard let before = previous?.token, previous?.epoch == epoch else { return true }
        return before.message != token.message
    }
}
