import Synchronization

/// Moves a value from the thread that made it to the one that keeps it.
package final class Moved<Value>: Sendable {
    private let value: Mutex<Value?>

    package init(_ value: sending Value) { self.value = Mutex(value) }

    package func take() -> Value {
        value.withLock { value in
            defer { value = nil }
            return value!
        }
    }
}
