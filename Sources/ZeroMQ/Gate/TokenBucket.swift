/// How often something may be done: a burst at once, and then so many times a second.
struct TokenBucket {
    private var burst: Double
    private var rate: Double
    private var tokens: Double
    private var last: ContinuousClock.Instant

    init(burst: Int, rate: Int, now: ContinuousClock.Instant) {
        self.burst = Double(max(1, burst))
        self.rate = Double(max(1, rate))
        tokens = self.burst
        last = now
    }

    /// Changes burst and rate from now on.
    mutating func set(burst: Int, rate: Int, now: ContinuousClock.Instant) {
        refill(now)
        self.burst = Double(max(1, burst))
        self.rate = Double(max(1, rate))
        tokens = min(tokens, self.burst)
    }

    mutating func refill(_ now: ContinuousClock.Instant) {
        let elapsed = last.duration(to: now) / .seconds(1)
        guard elapsed > 0 else { return }
        tokens = min(burst, tokens + elapsed * rate)
        last = now
    }

    var hasToken: Bool { tokens >= 1 }

    mutating func take() { tokens -= 1 }

    /// When there will be tokens for a tenth of a second again, so that not each token wakes the
    /// thread.
    var nextTime: ContinuousClock.Instant {
        last + .seconds(max(0.001, (min(burst, rate / 10) - tokens) / rate))
    }
}
