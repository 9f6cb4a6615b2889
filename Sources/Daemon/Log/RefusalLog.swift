import HTTP
package import Logging
import Synchronization
package import Wire
import ZeroMQ

/// Logs refused input and refused connections, a few lines of each code per second: bad input must
/// not fill a disk.
///
/// Omitted lines are counted and reported with the next line of their code.
package final class RefusalLog: Sendable {
    private struct Window {
        var start: ContinuousClock.Instant
        var lines = 0
        var omitted = 0
    }

    private let logger: Logger
    private let windows = Mutex<[String: Window]>([:])
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

    /// - Parameters:
    ///   - key: the name of the sender's key.
    ///   - peer: its address.
    package func add(
        _ refusal: Refusal, stream: StreamID?, key: String? = nil, peer: String? = nil
    ) {
        warn(
            .messageRefused, refusal.message, code: refusal.code.rawValue,
            Self.metadata(refusal, stream, key: key, peer: peer))
    }

    private static func metadata(
        _ refusal: Refusal, _ stream: StreamID?, key: String?, peer: String?
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        if let key { metadata["key"] = "\(key)" }
        if let peer { metadata["peer"] = "\(peer)" }
        if let stream { metadata["stream"] = .quoted(stream.text) }
        if let endpoint = refusal.endpoint { metadata["endpoint"] = "\(endpoint)" }
        return metadata
    }

    /// A message that was over a limit. The refusal is made only if there is a line of it.
    func add(
        limit: String, stream: StreamID?, key: String?, peer: String?, _ refusal: () -> Refusal
    ) {
        guard let omitted = admit(limit) else { return }
        let refusal = refusal()
        var metadata = Self.metadata(refusal, stream, key: key, peer: peer)
        metadata["limit"] = "\(limit)"
        write(.messageRefused, refusal.message, code: refusal.code.rawValue, omitted, metadata)
    }

    func add(_ notice: GateNotice) {
        var metadata: Logger.Metadata = [
            "endpoint": "\(notice.endpoint)", "peer": "\(notice.peer)",
        ]
        if let key = notice.refusal.key { metadata["key"] = "\(key)" }
        let reason = notice.refusal.reason
        if notice.isClosed {
            warn(
                .connectionClosed, "connection closed: \(reason)",
                code: notice.refusal.code.rawValue, metadata)
        } else {
            warn(.subscriptionRefused, reason, code: notice.refusal.code.rawValue, metadata)
        }
    }

    func add(_ failure: ConnectionFailure, endpoint: String) {
        warn(.connectFailed, failure.text, code: failure.rawValue, ["endpoint": "\(endpoint)"])
    }

    func add(_ refusal: HTTPRefusal, peer: String) {
        warn(
            .httpRefused, "HTTP request refused: \(refusal.reason)", code: refusal.status.rawValue,
            ["peer": "\(peer)"])
    }

    private func warn(
        _ event: DaemonEvent, _ text: String, code: String, _ metadata: Logger.Metadata
    ) {
        guard let omitted = admit("\(event) \(code)") else { return }
        write(event, text, code: code, omitted, metadata)
    }

    private func write(
        _ event: DaemonEvent, _ text: String, code: String, _ omitted: Int,
        _ metadata: Logger.Metadata
    ) {
        var metadata = metadata
        metadata["code"] = "\(code)"
        if omitted > 0 { metadata["omitted"] = .stringConvertible(omitted) }
        logger.event(event, .warning, "\(text)", metadata)
    }

    /// How many lines of this code were omitted before this one; nil if this one is omitted too.
    private func admit(_ code: String) -> Int? {
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
