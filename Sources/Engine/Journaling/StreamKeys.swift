package import Storage
import Synchronization

/// Gives every incarnation of a stream a number of its own.
package final class StreamKeys: Sendable {
    private let counter: Atomic<StreamKey>

    /// - Parameter next: the first number that the store does not have.
    package init(next: StreamKey) { counter = Atomic(next) }

    func take() -> StreamKey { counter.add(1, ordering: .relaxed).oldValue }
}
