import Engine
import Journal
package import Storage

/// What verification has looked at.
package struct VerifyCounts: Equatable, Sendable {
    package var lives = 0
    /// Parts between two checkpoints, which were read on their own.
    package var intervals = 0
    package var requests = 0
    package var tokens = 0
    /// Compared digests.
    package var states = 0
    package var events = 0
    package var checkpoints = 0
    /// Requests that the store has no outcome of: they were accepted, and not yet read.
    package var withoutOutcome = 0
    /// Requests whose audience changed while they were read: what was published is not recorded.
    package var withoutEvents = 0
    /// Parts of lives that were not read, because their model is missing.
    package var unreadable = 0

    package init() {}

    static func += (total: inout VerifyCounts, part: VerifyCounts) {
        total.lives += part.lives
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

/// What came of verification.
package struct VerifyResult: Sendable {
    package var counts = VerifyCounts()
    /// In the order of streams, lives and places: of each life the first.
    package var divergences: [Divergence] = []
    /// All that were found, also the later ones.
    package var divergenceCount = 0
    package var wasInterrupted = false
    /// Models that parts were read by and that are not to be found.
    package var missingModels: [MissingModelError] = []
    /// Whether all of the store was looked at, too: pages, indexes, every row and what it refers to.
    package var isStoreChecked = false
    /// The first thing in it that is not as it was written.
    package var storeDamage: StorageError?

    package init() {}

    package var isEqual: Bool { divergences.isEmpty && storeDamage == nil }
    package var isDamaged: Bool {
        storeDamage != nil || divergences.contains { $0.kind == .damage }
    }
}
