/// How much verification has compared.
package struct VerifyCounts: Equatable, Sendable {
    package var incarnations = 0
    /// Between two checkpoints, replayed separately.
    package var intervals = 0
    package var requests = 0
    package var tokens = 0
    /// Compared digests.
    package var states = 0
    package var events = 0
    package var checkpoints = 0
    /// Requests without an outcome in the store: they were accepted, and not yet read.
    package var withoutOutcome = 0
    /// Requests whose audience changed while they were read: their events have no digest.
    package var withoutEvents = 0
    /// Intervals that were not replayed, because their model is missing.
    package var unreadable = 0

    package init() {}

    static func += (total: inout VerifyCounts, part: VerifyCounts) {
        total.incarnations += part.incarnations
        total.intervals += part.intervals
        total.requests += part.requests
        total.tokens += part.tokens
        total.states += part.states
        total.events += part.events
        total.checkpoints += part.checkpoints
        total.withoutOutcome += part.withoutOutcome
        total.withoutEvents += part.withoutEvents
        total.unreadable += part.unreadable
    }
}
