import Logging
import Synchronization

/// Logs how far long work is, every second or so.
final class ProgressLog: Sendable {
    private let logger: Logger
    private let title: String
    private let last = Mutex(ContinuousClock.now)

    init(_ logger: Logger, _ title: String) {
        self.logger = logger
        self.title = title
    }

    /// - Parameter fraction: from 0 to 1.
    func report(_ fraction: Double) {
        let isDue = last.withLock { last in
            guard ContinuousClock.now - last >= .seconds(1) else { return false }
            last = .now
            return true
        }
        if isDue { logger.notice("\(title)", metadata: ["done": "\(Int(fraction * 100))%"]) }
    }
}
