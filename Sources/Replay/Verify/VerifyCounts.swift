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

    /// All counters, by their names in JSON.
    package static let fields: KeyValuePairs<String, any WritableKeyPath<Self, Int> & Sendable> = [
        "lives": \.incarnations, "parts": \.intervals, "requests": \.requests, "tokens": \.tokens,
        "states": \.states, "events": \.events, "checkpoints": \.checkpoints,
        "without_outcome": \.withoutOutcome, "without_events": \.withoutEvents,
        "not_read": \.unreadable,
    ]

    static func += (total: inout VerifyCounts, part: VerifyCounts) {
        for (_, field) in fields { total[keyPath: field] += part[keyPath: field] }
    }
}
