import Synchronization

/// How far the journal has committed each shard's batches.
package final class CommitLine: Sendable {
    private let committed: Mutex<[UInt64]>

    init(shards: Int) { committed = Mutex(Array(repeating: 0, count: shards)) }

    package func isCommitted(_ hold: EventHold) -> Bool {
        committed.withLock { $0[hold.shard] >= hold.batch }
    }

    func committed(shard: Int) -> UInt64 { committed.withLock { $0[shard] } }

    func advance(shard: Int, to batch: UInt64) {
        committed.withLock { $0[shard] = max($0[shard], batch) }
    }
}
