package import Synchronization
package import Wire

/// Counters of what the engine has done, for logs and measurements.
package final class EngineStatistics: Sendable {
    /// Well-formed messages and control requests that came for streams, also those that were
    /// refused or were duplicates; not what the daemon decides itself, or reads again at a start.
    package let requests = Atomic<Int>(0)
    /// Of their texts and snapshots.
    package let bytes = Atomic<Int>(0)
    /// Tokens of texts that were read, also again at a start.
    package let tokens = Atomic<Int>(0)
    /// Rows of all steps: tokens, start tokens and separators.
    package let rows = Atomic<Int>(0)
    package let steps = Atomic<Int>(0)
    /// Streams that had a part in a step, over all steps: each has read one token there or several.
    package let turns = Atomic<Int>(0)
    /// Streams in memory now.
    package let streams = Atomic<Int>(0)
    /// Streams that were moved to the store, and that came back.
    package let evicted = Atomic<Int>(0)
    package let resumed = Atomic<Int>(0)
    private let refusals = Mutex<[Refusal.Code: Int]>([:])

    package init() {}

    func countRequest(bytes count: Int) {
        requests.add(1, ordering: .relaxed)
        bytes.add(count, ordering: .relaxed)
    }

    func countStep(tokens count: Int, rows: Int, streams: Int) {
        steps.add(1, ordering: .relaxed)
        turns.add(streams, ordering: .relaxed)
        tokens.add(count, ordering: .relaxed)
        self.rows.add(rows, ordering: .relaxed)
    }

    func count(_ code: Refusal.Code) { refusals.withLock { $0[code, default: 0] += 1 } }

    /// Refusals so far, by code.
    package var refusalCounts: [Refusal.Code: Int] { refusals.withLock { $0 } }
}
