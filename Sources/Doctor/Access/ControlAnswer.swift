package import Daemon
import ZeroMQ

/// What came of asking a control socket for the daemon's status.
package enum ControlAnswer: Equatable, Sendable {
    case status(DaemonStatus)
    /// Nobody answered, and why.
    case silent(String)
    /// A daemon is there, but does not accept this client.
    case denied(String)

    /// - Parameters:
    ///   - isListened: something listens at the endpoint.
    ///   - fingerprint: of the configured model, in hexadecimal digits; nil if it cannot be loaded.
    func finding(
        at endpoint: Endpoint, isListened: Bool, fingerprint: String?
    ) -> DoctorFinding {
        switch self {
        case .status(let status): return Self.finding(status, endpoint, fingerprint)
        case .denied(let reason):
            return .unknown(
                .control, "\(endpoint): \(reason)", "give a key with --key and --server-key")
        case .silent(let reason) where isListened:
            return .error(
                .control, "\(endpoint): something listens there, but does not answer: \(reason)",
                "look at the daemon's log; if it hangs, restart it and report that as a bug")
        case .silent:
            return .ok(.control, "no daemon runs: nobody listens at \(endpoint)")
        }
    }

    private static func finding(
        _ status: DaemonStatus, _ endpoint: Endpoint, _ fingerprint: String?
    ) -> DoctorFinding {
        let found =
            "a daemon of version \(status.version) answers at \(endpoint), with "
            + "\(status.counters["streams"] ?? 0) streams in memory"
        if let problem = status.journal.problem {
            return .error(
                .control, "\(found); its store has a problem: \(problem)",
                "correct that: input waits meanwhile")
        }
        if status.version != sluiceVersion {
            return .warning(
                .control, "\(found); this program is of version \(sluiceVersion)",
                "restart the daemon, so that it runs the program that is installed")
        }
        if let fingerprint, fingerprint != status.model.fingerprint {
            return .warning(
                .control, "\(found); it serves another model than the one that is configured",
                "restart the daemon, or name its configuration with --config")
        }
        return .ok(.control, found)
    }
}
