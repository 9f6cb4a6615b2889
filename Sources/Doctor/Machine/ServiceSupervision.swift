import Foundation

/// How systemd supervises a daemon that runs.
struct ServiceSupervision: Equatable, Sendable {
    /// That of the daemon; nil where it cannot be read.
    var environment: [String: String]?

    init(environment: [String: String]?) { self.environment = environment }

    static func of(process: Int) -> ServiceSupervision {
        guard let data = FileManager.default.contents(atPath: "/proc/\(process)/environ") else {
            return ServiceSupervision(environment: nil)
        }
        let pairs = data.split(separator: 0).compactMap { entry -> (String, String)? in
            let parts = String(decoding: entry, as: UTF8.self).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return ServiceSupervision(environment: Dictionary(pairs) { first, _ in first })
    }

    var finding: DoctorFinding {
        guard let environment else {
            return .unknown(.service, "this user cannot see how the daemon was started")
        }
        guard environment["INVOCATION_ID"] != nil else {
            return .ok(.service, "the daemon was not started by systemd")
        }
        guard environment["NOTIFY_SOCKET"] != nil else {
            return .warning(
                .service, "systemd is not told when the daemon is ready",
                "set Type=notify in the unit, as that of the package has it")
        }
        guard let interval = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), interval > 0
        else {
            return .warning(
                .service, "systemd does not restart a daemon that hangs",
                "set WatchdogSec=60 in the unit, as that of the package has it")
        }
        return .ok(
            .service,
            "systemd supervises the daemon, with a watchdog of "
                + Duration.microseconds(interval).asAmount)
    }
}
