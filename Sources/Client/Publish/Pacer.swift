/// Spreads messages evenly over time.
package struct Pacer: Sendable {
    private let interval: Duration?
    /// When the next message may be sent; nil for at once.
    package private(set) var due: ContinuousClock.Instant?

    /// - Parameter rate: messages per second; nil for no limit.
    package init(rate: Double?) {
        // A longer pause has no use, and might overflow.
        interval = rate.map { .seconds(min(1 / $0, 1e9)) }
    }

    /// Called for each message sent. Lost time is not made up for by a burst.
    package mutating func advance(at now: ContinuousClock.Instant) {
        guard let interval else { return }
        due = max(due ?? now, now - interval) + interval
    }
}
