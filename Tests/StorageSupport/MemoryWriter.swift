import Storage

/// One of the writers of a store in memory.
final class MemoryWriter: StorageWriter {
    private let storage: MemoryStorage

    init(_ storage: MemoryStorage) { self.storage = storage }

    var name: String { storage.name }
    var nextKey: StreamKey { storage.read { $0.lastKey + 1 } }

    func acquire(_ run: RunRecord) throws(StorageError) -> FenceToken {
        try storage.write { state throws(StorageError) in state.acquire(run) }
    }

    func append(
        _ batch: StorageBatch, fence: FenceToken
    ) throws(StorageError) -> StoragePosition {
        let end = try storage.write { state throws(StorageError) in
            try state.append(batch, fence)
        }
        try storage.checkFault(of: .append)
        return end
    }

    func trim(now: Double, fence: FenceToken) throws(StorageError) -> Bool {
        try storage.write { state throws(StorageError) in try state.trim(now: now, fence) }
        return false
    }

    func release(_ fence: FenceToken, at time: Double) throws(StorageError) {
        try storage.write { state throws(StorageError) in try state.release(fence, at: time) }
    }

    func close() {}
}
