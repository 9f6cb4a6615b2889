package import Storage
import Synchronization

/// A store in memory, for tests. Readers see what its writers have written so far.
package final class MemoryStorage: Storage {
    package let name = "memory"
    private let state: Mutex<MemoryState>

    /// - Parameter maxAge: seconds for which trimming keeps a request; nil: forever.
    package init(shards: Int = 1, maxAge: Double? = nil) {
        state = Mutex(MemoryState(shards: shards, maxAge: maxAge))
    }

    package func makeReader() throws(StorageError) -> sending any HistoryReader {
        MemoryReader(self)
    }

    package func check(shouldStop: () -> Bool) -> Bool { true }

    /// Any number of writers may be made: the one that acquired last is the owner.
    package func makeWriter() -> sending any StorageWriter { MemoryWriter(self) }

    func read<Result: Sendable>(_ body: (MemoryState) -> Result) -> Result {
        state.withLock { body($0) }
    }

    func write<Result: Sendable>(
        _ body: (inout MemoryState) throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        try state.withLock { state throws(StorageError) in try body(&state) }
    }
}
