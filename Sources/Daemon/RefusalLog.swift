package import Logging
import Synchronization
package import Wire

/// Logs refusals, each kind a few times a second at most: bad input must not fill a disk.
///
/// What was left out is counted, and told with the next line of its kind.
package final class RefusalLog: Sendable {
    private struct Window {
        var start: ContinuousClock.Instant
        var lines = 0
        var omitted = 0
    }

    private let logger: Logger
    private let windows = Mutex<[Refusal.Code: Window]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    private static let linesPerWindow = 5
    private static let window = Duration.seconds(1)

    package init(
        logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.logger = logger
        self.now = now
    }

    package func add(_ refusal: Refusal, stream: StreamID?) {
        guard let omitted = admit(refusal.code) else { return }
        var metadata: Logger.Metadata = ["code": "\(refusal.code.rawValue)"]
        if let stream { metadata["stream"] = "\(stream.text.debugDescription)" }
        if let endpoint = refusal.endpoint { metadata["endpoint"] = "\(endpoint)" }
        if omitted > 0 { metadata["omitted"] = "\(omitted)" }
        logger.warning("\(refusal.message)", metadata: metadata)
    }

    /// How many lines of this kind were left out before this one; nil if this one is, too.
    private func admit(_ code: Refusal.Code) -> Int? {
        let now = now()
        return windows.withLock { windows in
            var window = windows[code] ?? Window(start: now)
            defer { windows[code] = window }
            if now - window.start >= Self.window {
                (window.start, window.lines) = (now, 0)
            }
            guard window.lines < Self.linesPerWindow else {
                window.omitted += 1
                return nil
            }
            window.lines += 1
            defer { window.omitted = 0 }
            return window.omitted
        }
    }
}
