import Synchronization

/// Why the store cannot be written now, for whoever asks.
final class JournalHealth: Sendable {
    private let state = Mutex<String?>(nil)

    /// Nil while it can.
    var problem: String? { state.withLock { $0 } }
    func set(_ problem: String?) { state.withLock { $0 = problem } }
}
