package import Logging
import Wire

/// The log of who asked the control socket for what, and what came of it: lines with `event=audit`,
/// which are not limited in rate. What is neither a change nor refused is on the level debug.
package struct AuditLog: Sendable {
    private let logger: Logger

    package init(_ logger: Logger) { self.logger = logger }

    /// - Parameter refusal: nil if the request was carried out.
    func note(
        _ operation: ControlRequest.Operation, on stream: StreamID? = nil,
        by sender: ControlSender, _ refusal: ControlRefusal?
    ) {
        var metadata: Logger.Metadata = [
            "operation": "\(operation.name)",
            "outcome": "\(refusal?.code ?? "ok")",
            "key": "\(sender.key?.name ?? "none")",
            "peer": "\(sender.peer ?? "unknown")",
        ]
        if let stream = stream ?? operation.authority.stream {
            metadata["stream"] = .quoted(stream.text)
        }
        let isRefused = refusal?.code == Refusal.Code.notAllowed.rawValue
        let level: Logger.Level =
            isRefused ? .warning : operation.isAudited ? .notice : .debug
        logger.event(
            .audit, level, "control request\(refusal.map { ": \($0.reason)" } ?? "")", metadata)
    }
}
