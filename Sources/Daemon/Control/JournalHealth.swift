import Journal
import Logging
import Names
import Synchronization
import Wire

/// Why the store cannot be used now, for whoever asks; the log is told when that begins and ends.
final class JournalHealth: Sendable {
    private let logger: Logger
    /// By what cannot be done.
    private let problems = Mutex<[String: JournalError]>([:])
    /// Of streams that were found to be damaged while the store was looked at.
    private let damages = Mutex<[Name: String]>([:])
    /// Of very many the first are known.
    private static let mostDamages = 65_536

    init(_ logger: Logger) { self.logger = logger }

    /// Nil while it can.
    var problem: String? {
        problems.withLock { $0.min { $0.key < $1.key }.map { "\($0.value)" } }
    }

    /// A part of the store is damaged: that stays so.
    ///
    /// - Parameter part: what it concerns.
    func noteDamage(_ error: JournalError, _ part: String) {
        problems.withLock { $0["damage"] = $0["damage"] ?? error }
        logger.error("the store is damaged; \(part): \(error)")
    }

    /// As far as it is damaged, a stream is stopped: that stays so.
    func noteDamage(_ error: JournalError, ofStream stream: StreamID) {
        damages.withLock { damages in
            if damages.count < Self.mostDamages { damages[Name(stream.text)] = "\(error)" }
        }
    }

    func damage(of stream: Name) -> String? { damages.withLock { $0[stream] } }

    /// - Parameters:
    ///   - error: nil once it can be done again.
    ///   - use: what cannot be done, as the log is to name it.
    func set(_ error: JournalError?, for use: String) {
        let isNews = problems.withLock { problems in
            defer { problems[use] = error }
            return problems[use] != error
        }
        guard isNews else { return }
        if let error {
            logger.error("the store cannot be \(use); input waits: \(error)")
        } else {
            logger.notice("the store can be \(use) again")
        }
    }
}
