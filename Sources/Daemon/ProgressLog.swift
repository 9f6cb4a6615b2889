import Logging
import Synchronization

/// Logs how far long work is, and how long the rest may take, every few seconds.
final class ProgressLog: Sendable {
    private struct State {
        var told: ContinuousClock.Instant
        /// Of the work, when it began or went on.
        var first: Double?
    }

    private let logger: Logger
    private let title: String
    private let tell: @Sendable (String) -> Void
    private let start = ContinuousClock.now
    private let state = Mutex(State(told: .now))

    /// Each time it is as long again, up to this.
    private static let pause = Duration.seconds(5)

    /// - Parameter tell: hears the same, as one text.
    init(
        _ logger: Logger, _ title: String, tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.logger = logger
        self.title = title
        self.tell = tell
    }

    /// - Parameter fraction: from 0 to 1.
    func report(_ fraction: Double) {
        let first: Double? = state.withLock { state in
            state.first = state.first ?? fraction
            guard ContinuousClock.now - state.told >= Self.pause else { return nil }
            state.told = .now
            return state.first
        }
        guard let first else { return }
        let done = "\(Int(fraction * 100))%"
        let left = Self.left(fraction - first, of: 1 - first, in: (.now - start).seconds)
        logger.notice("\(title)", metadata: ["done": "\(done)", "left": "\(left)"])
        tell("\(title): \(done), \(left) left")
    }

    /// Told in full seconds.
    private static func left(_ done: Double, of all: Double, in seconds: Double) -> String {
        guard done > 0 else { return "unknown" }
        return "\(Int((seconds * (all - done) / done).rounded(.up))) s"
    }
}
