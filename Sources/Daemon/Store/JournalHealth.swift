import Logging
import Names
import Storage
import Synchronization
import Wire

/// Why the store cannot be used now. Logs when that begins and ends.
final class JournalHealth: Sendable {
    private let logger: Logger
    /// By the operation that fails.
    private let problems = Mutex<[String: StorageError]>([:])
    /// Of streams that the check found damaged.
    private let damages = Mutex<[Name: String]>([:])
    /// Further ones are not kept.
    private static let mostDamages = 65_536

    init(_ logger: Logger) { self.logger = logger }

    /// Nil while it can.
    var problem: String? {
        problems.withLock { $0.min { $0.key < $1.key }.map { "\($0.value)" } }
    }

    /// A part of the store is damaged, for good.
    ///
    /// - Parameter part: what it concerns.
    func noteDamage(_ error: StorageError, _ part: String) {
        problems.withLock { $0["damage"] = $0["damage"] ?? error }
        logger.event(.storeDamaged, .error, "the store is damaged; \(part): \(error)")
    }

    /// A stream is stopped by damage, for good.
    func noteDamage(_ error: StorageError, ofStream stream: StreamID) {
        damages.withLock { damages in
            if damages.count < Self.mostDamages { damages[Name(stream.text)] = "\(error)" }
        }
    }

    func damage(of stream: Name) -> String? { damages.withLock { $0[stream] } }

    /// - Parameters:
    ///   - error: nil once the operation works again.
    ///   - use: the operation, as the log names it.
    func set(_ error: StorageError?, for use: String) {
        let isNews = problems.withLock { problems in
            defer { problems[use] = error }
            return problems[use] != error
        }
        guard isNews else { return }
        if let error {
            logger.event(
                .storeStalled, .error, "the store cannot be \(use); input waits: \(error)")
        } else {
            logger.event(.storeUsable, .notice, "the store can be \(use) again")
        }
    }
}
