import Synchronization
package import Threads
package import Wire

/// Counters of what the engine has done, for logs and measurements.
package final class EngineStatistics: CounterSet {
    /// Well-formed messages and control requests that came for streams, also those that were
    /// refused or were duplicates; not what the daemon decides itself, or reads again at a start.
    package let requests = Counter("requests")
    /// Of their texts and snapshots.
    package let bytes = Counter("bytes")
    /// Tokens of texts that were read, also again at a start.
    package let tokens = Counter("tokens")
    /// Rows of all steps: tokens, start tokens and separators.
    package let rows = Counter("rows")
    package let steps = Counter("steps")
    /// Streams that had a part in a step, over all steps: each has read one token there or several.
    package let turns = Counter("turns")
    /// Streams in memory now.
    package let streams = Counter("streams")
    package let residence = ResidenceStatistics()
    private let refusals = Mutex<[Refusal.Code: Int]>([:])

    package init() {}

    func countRequest(bytes count: Int) {
        requests.add()
        bytes.add(count)
    }

    func countStep(tokens count: Int, rows: Int, streams: Int) {
        steps.add()
        turns.add(streams)
        tokens.add(count)
        self.rows.add(rows)
    }

    func count(_ code: Refusal.Code) { refusals.withLock { $0[code, default: 0] += 1 } }

    package var refusalCounts: [Refusal.Code: Int] { refusals.withLock { $0 } }
}

/// Streams that moved between memory and the store.
package final class ResidenceStatistics: CounterSet {
    /// To the store.
    package let evicted = Counter("evicted")
    /// Back to memory.
    package let resumed = Counter("resumed")
}
