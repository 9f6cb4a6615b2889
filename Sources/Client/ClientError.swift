package import PlainText
package import Wire
package import ZeroMQ

/// Why a client command could not continue.
package enum ClientError: Error, Equatable {
    /// A file to publish is not there or may not be read.
    case inputMissing(path: String, reason: String)
    case readFailed(path: String, reason: String)
    /// A file that is not text in UTF-8.
    case foreignText(path: String, ForeignText)
    /// No answer, or one from another kind of socket.
    case unavailable(Endpoint, String)
    /// The daemon does not accept this client's key, or its lack of one.
    case denied(Endpoint, String)
    /// The number of messages sent without an acknowledgement, and how to continue.
    case unacknowledged(Int, of: Int, by: Endpoint, advice: String)
    /// The number of messages that the daemon refused.
    case refused(Int, by: Endpoint)
    /// A control request that the daemon refused.
    case declined(ControlRefusal, by: Endpoint)
}

extension ClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .inputMissing(let path, let reason): "cannot open \(path): \(reason)"
        case .readFailed(let path, let reason): "cannot read \(path): \(reason)"
        case .foreignText(let path, let found):
            "\(path == "-" ? "standard input" : path): \(found)"
        case .unavailable(let endpoint, let reason), .denied(let endpoint, let reason):
            "\(endpoint): \(reason)"
        case .unacknowledged(let count, let all, let endpoint, let advice):
            "\(endpoint): \(count) of \(all) messages sent were not acknowledged; \(advice)"
        case .refused(let count, let endpoint):
            "\(endpoint): \(count) message\(count == 1 ? " was" : "s were") refused"
        case .declined(let refusal, let endpoint): "\(endpoint): \(refusal)"
        }
    }
}
