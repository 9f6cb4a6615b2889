import Synchronization

/// A value that one thread hands to another. Only the newest counts.
final class Latest<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isSet = Atomic<Bool>(false)

    func set(_ new: Value) {
        value.withLock { $0 = new }
        isSet.store(true, ordering: .releasing)
    }

    /// The value, if one was set since the last call. Takes no lock where none was.
    func take() -> Value? {
        guard isSet.exchangeIfSet() else { return nil }
        return value.withLock { $0 }
    }
}

extension Atomic<Bool> {
    /// Sets it to false; whether it was true.
    fileprivate borrowing func exchangeIfSet() -> Bool {
        load(ordering: .relaxed) && exchange(false, ordering: .acquiring)
    }
}
