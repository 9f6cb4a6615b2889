import Logging
import Synchronization

/// Logs the progress of long work, and how long the rest may take, every few seconds.
final class ProgressLog: Sendable {
    private struct State {
        var lastReport: ContinuousClock.Instant
        /// The fraction at the first report.
        var first: Double?
    }

    private let logger: Logger
    private let title: String
    private let notify: @Sendable (String) -> Void
    private let start = ContinuousClock.now
    private let state = Mutex(State(lastReport: .now))

    private static let pause = Duration.seconds(5)

    /// - Parameter notify: receives the same, as one text.
    init(
        _ logger: Logger, _ title: String, notify: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.logger = logger
        self.title = title
        self.notify = notify
    }

    /// - Parameter fraction: from 0 to 1.
    func report(_ fraction: Double) {
        let first: Double? = state.withLock { state in
            state.first = state.first ?? fraction
            guard ContinuousClock.now - state.lastReport >= Self.pause else { return nil }
            state.lastReport = .now
            return state.first
        }
        guard let first else { return }
        let done = "\(Int(fraction * 100))%"
        let left = Self.left(fraction - first, of: 1 - first, in: (.now - start) / .seconds(1))
        logger.event(.progress, .notice, "\(title)", ["done": "\(done)", "left": "\(left)"])
        notify("\(title): \(done), \(left) left")
    }

    /// In full seconds.
    private static func left(_ done: Double, of all: Double, in seconds: Double) -> String {
        guard done > 0 else { return "unknown" }
        return "\(Int((seconds * (all - done) / done).rounded(.up))) s"
    }
}
