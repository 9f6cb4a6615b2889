/// How much of a `RateLimit` is used up. The limit may change between two calls.
///
/// Times are in nanoseconds of a monotonic clock. Everything is counted in whole billionths of a token,
/// so nothing is rounded: in any time *t* at most `burst + perSecond · t` tokens are taken, and nothing
/// that keeps to that is refused.
package struct TokenBucket: Equatable, Sendable {
    /// Taken and not come back yet, at `time`; in billionths.
    private var used: Int64 = 0
    private var time: Int64 = 0

    private static let unit: Int64 = 1_000_000_000

    /// A full one.
    package init() {}

    /// How long it is until so many tokens can be taken; 0 for now.
    ///
    /// - Parameter cost: at most `limit.burst`, since more are never there.
    package func wait(for cost: Int, _ limit: RateLimit, now: Int64) -> Int64 {
        precondition(cost <= limit.burst, "a bucket never has more than its burst")
        let free = Int64(limit.burst) * Self.unit - used(limit, now)
        let missing = Int64(cost) * Self.unit - free
        guard missing > 0 else { return 0 }
        let rate = Int64(limit.perSecond)
        return missing / rate + (missing % rate == 0 ? 0 : 1)
    }

    /// Takes tokens that are there.
    package mutating func take(_ cost: Int, _ limit: RateLimit, now: Int64) {
        used = used(limit, now) + Int64(cost) * Self.unit
        time = max(time, now)
    }

    /// When it will be full again, if nothing more is taken.
    package func full(_ limit: RateLimit) -> Int64 {
        let rate = Int64(limit.perSecond)
        return time + used / rate + (used % rate == 0 ? 0 : 1)
    }

    private func used(_ limit: RateLimit, _ now: Int64) -> Int64 {
        guard now > time else { return used }
        let (back, isMore) = (now - time).multipliedReportingOverflow(by: Int64(limit.perSecond))
        // A burst that has become smaller may be exceeded; the excess comes back as all else.
        return isMore ? 0 : max(0, used - back)
    }
}
