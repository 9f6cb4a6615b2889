package import Logging
package import Wire

/// Logs refusals, each kind a few times a second at most: bad input must not fill a disk.
///
/// Omitted lines are counted and reported with the next line of their kind.
package final class RefusalLog: Sendable {
    private let logger: Logger
    private let limit: LineLimit<Refusal.Code>

    package init(
        logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.logger = logger
        limit = LineLimit(now: now)
    }

    package func add(_ refusal: Refusal, stream: StreamID?) {
        guard let omitted = limit.admit(refusal.code) else { return }
        var metadata: Logger.Metadata = ["code": "\(refusal.code.rawValue)"]
        if let stream { metadata["stream"] = "\(stream.text.debugDescription)" }
        if let endpoint = refusal.endpoint { metadata["endpoint"] = "\(endpoint)" }
        if omitted > 0 { metadata["omitted"] = "\(omitted)" }
        logger.warning("\(refusal.message)", metadata: metadata)
    }
}
