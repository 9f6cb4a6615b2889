import Logging
import ZeroMQ

/// Logs connections that were refused, each kind a few times a second at most.
final class GateLog: Sendable {
    private let logger: Logger
    private let limit = LineLimit<GateRefusal.Code>()

    init(logger: Logger) { self.logger = logger }

    func add(_ notice: GateNotice) {
        guard let omitted = limit.admit(notice.refusal.code) else { return }
        var metadata: Logger.Metadata = [
            "code": "\(notice.refusal.code.rawValue)", "endpoint": "\(notice.endpoint)",
            "peer": "\(notice.peer)",
        ]
        if omitted > 0 { metadata["omitted"] = "\(omitted)" }
        logger.warning("connection closed: \(notice.refusal.reason)", metadata: metadata)
    }
}
