/// Finds the threads that have not advanced for too long.
package struct PulseWatch: Sendable {
    private struct Watched {
        let pulse: Pulse
        var count: UInt64
        var lastAdvance: ContinuousClock.Instant
    }

    private var watched: [Watched]
    private let patience: Duration

    /// - Parameter patience: how long a thread may take for one round.
    package init(_ pulses: [Pulse], patience: Duration, now: ContinuousClock.Instant = .now) {
        watched = pulses.map { Watched(pulse: $0, count: $0.count, lastAdvance: now) }
        self.patience = patience
    }

    /// Looks at every thread and wakes it, so that it has advanced by the next call. Call it several
    /// times within the patience.
    ///
    /// - Returns: the threads that have not advanced, and for how long.
    package mutating func stalled(
        now: ContinuousClock.Instant = .now
    ) -> [(name: String, time: Duration)] {
        for index in watched.indices {
            let pulse = watched[index].pulse
            let count = pulse.count
            if count != watched[index].count || pulse.isWaiting {
                watched[index].count = count
                watched[index].lastAdvance = now
            }
            pulse.wake()
        }
        return watched.map { (name: $0.pulse.name, time: now - $0.lastAdvance) }
            .filter { $0.time >= patience }
    }
}
