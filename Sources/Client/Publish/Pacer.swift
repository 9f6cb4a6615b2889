/// Spreads messages evenly over time.
package struct Pacer: Sendable {
    private let interval: Duration?
    private var due: ContinuousClock.Instant?

    /// - Parameter rate: messages per second; nil for no limit.
    package init(rate: Double?) {
        // A longer one is none that anybody waits for, and might not fit.
        interval = rate.map { .seconds(min(1 / $0, 1e9)) }
    }

    /// How long to wait before the next message; nil if not at all.
    package func delay(at now: ContinuousClock.Instant) -> Duration? {
        guard let due, due > now else { return nil }
        return now.duration(to: due)
    }

    /// A message went out. Time lost is not made up for by a burst.
    package mutating func advance(at now: ContinuousClock.Instant) {
        guard let interval else { return }
        due = max(due ?? now, now - interval) + interval
    }
}
