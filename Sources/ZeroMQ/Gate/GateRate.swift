import RateLimits

/// How often something may be done, by the clock of the gate's thread.
struct GateRate {
    private var bucket = TokenBucket()
    /// Nil for any number.
    private var limit: RateLimit?

    private static let start = ContinuousClock.now

    /// - Parameters:
    ///   - perSecond: `.max` for any number.
    ///   - burst: what may be done at once; nil for what may be done in a second.
    init(perSecond: Int, burst: Int? = nil) { set(perSecond: perSecond, burst: burst) }

    /// Changes it from now on.
    mutating func set(perSecond: Int, burst: Int? = nil) {
        limit = perSecond == .max ? nil : RateLimit(perSecond: perSecond, burst: burst)
    }

    func hasToken(_ now: ContinuousClock.Instant) -> Bool {
        guard let limit else { return true }
        return bucket.wait(for: 1, limit, now: Self.nanoseconds(now)) == 0
    }

    mutating func take(_ now: ContinuousClock.Instant) {
        if let limit { bucket.take(1, limit, now: Self.nanoseconds(now)) }
    }

    /// When there will be tokens for a tenth of a second again, so that not each token wakes the
    /// thread.
    func nextTime(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        guard let limit else { return now }
        let tokens = max(1, min(limit.burst, limit.perSecond / 10))
        return now + .nanoseconds(bucket.wait(for: tokens, limit, now: Self.nanoseconds(now)))
    }

    static func nanoseconds(_ now: ContinuousClock.Instant) -> Int64 {
        let (seconds, attoseconds) = start.duration(to: now).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
