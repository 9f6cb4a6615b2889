internal import GRDB
package import Storage

/// The owner is the run that began last: the number of its row is the token's epoch. A run that began
/// in another process makes a token stale, too, as it would if the lock file were deleted.
extension JournalWriter: StorageWriter {
    package var name: String { path }

    package func acquire(_ run: RunRecord) throws(StorageError) -> FenceToken {
        try beginRun(run)
        appended = nil
        return FenceToken(epoch: UInt64(self.run?.id ?? 0))
    }

    @discardableResult
    package func append(
        _ batch: StorageBatch, fence: FenceToken
    ) throws(StorageError) -> StoragePosition {
        try checkOwner(fence)
        if appended != batch.number {
            if !batch.records.isEmpty {
                try commit { transaction in
                    try transaction.checkOwner(path)
                    for record in batch.records { try transaction.write(record) }
                }
            }
            appended = batch.number
        }
        try confirm()
        return StoragePosition(state.position)
    }

    package func trim(now: Double, fence: FenceToken) throws(StorageError) -> Bool {
        try checkOwner(fence)
        return try retain(now: now)
    }

    package func release(_ fence: FenceToken, at time: Double) throws(StorageError) {
        try checkOwner(fence)
        try endRun(at: time)
    }

    private func checkOwner(_ fence: FenceToken) throws(StorageError) {
        guard let run, UInt64(run.id) == fence.epoch else {
            let found = run.map { "its owner is run \($0.id)" } ?? "it has no owner"
            throw StorageError(
                .notOwner, in: path,
                "the fence token is of run \(fence.epoch), but \(found); nothing was written")
        }
    }
}

extension WriteTransaction {
    /// - Throws: `notOwner` if another run has begun.
    fileprivate func checkOwner(_ store: String) throws {
        let latest = try caches.lastID(db, "run")
        guard let run, run == latest else {
            throw StorageError(
                .notOwner, in: store,
                "run \(latest) of another process has become its owner after run \(run ?? 0) of this "
                    + "one; nothing was written")
        }
    }
}
