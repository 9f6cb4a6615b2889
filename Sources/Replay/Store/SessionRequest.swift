package import Engine
package import Storage

/// A stored request and its outcome, where that is known.
package struct SessionRequest: Equatable, Sendable {
    package var record: RequestRecord
    package var outcome: OutcomeRecord?

    package init(record: RequestRecord, outcome: OutcomeRecord? = nil) {
        self.record = record
        self.outcome = outcome
    }

    /// Its audience; nil where that is not known or changed while it was read.
    package var audience: Audience? {
        outcome.flatMap { $0.eventsDigest == nil ? nil : Audience($0.audience) }
    }
}
