package import Storage
import Synchronization

/// A store in memory, for tests. Readers see what its writers have written so far.
package final class MemoryStorage: Storage {
    package let name = "memory"
    private let state: Mutex<MemoryState>
    private let faults = Mutex<[Operation: [StorageError.Code]]>([:])

    /// What can be made to fail. An append fails after it is done.
    package enum Operation: Sendable { case append, backlog }

    /// - Parameter maxAge: seconds for which trimming keeps a request; nil: forever.
    package convenience init(shards: Int = 1, maxAge: Double? = nil) {
        self.init(MemoryState(shards: shards, maxAge: maxAge))
    }

    package init(_ state: MemoryState) { self.state = Mutex(state) }

    package func makeReader() throws(StorageError) -> sending any HistoryReader {
        MemoryReader(self)
    }

    package func check(shouldStop: () -> Bool) -> Bool { true }

    /// Any number of writers may be made: the one that acquired last is the owner.
    package func makeWriter() -> sending any StorageWriter { MemoryWriter(self) }

    /// The next calls of an operation fail with these, one each.
    package func fail(_ operation: Operation, with codes: StorageError.Code...) {
        faults.withLock { $0[operation] = codes }
    }

    func checkFault(of operation: Operation) throws(StorageError) {
        let code = faults.withLock { faults in
            faults[operation]?.isEmpty == false ? faults[operation]?.removeFirst() : nil
        }
        if let code { throw StorageError(code, in: name, "a test made it fail") }
    }

    func read<Result: Sendable>(_ body: (MemoryState) -> Result) -> Result {
        state.withLock { body($0) }
    }

    func write<Result: Sendable>(
        _ body: (inout MemoryState) throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        try state.withLock { state throws(StorageError) in try body(&state) }
    }
}
