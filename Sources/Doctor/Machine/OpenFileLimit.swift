import Daemon
import Foundation
import Glibc
import HTTP

/// How many files the daemon may have open, and how many its connections need.
struct OpenFileLimit: Equatable, Sendable {
    var limit: Int
    var needed: Int

    /// Below it the daemon cannot open its own sockets, store and events.
    private static let least = 256

    init(limit: Int, needed: Int) { (self.limit, self.needed) = (limit, needed) }

    /// - Parameter process: the daemon's, if it runs: its limits count then.
    static func measured(
        _ configuration: Configuration, process: Int?
    ) -> OpenFileLimit {
        OpenFileLimit(limit: hardLimit(of: process) ?? ownLimit, needed: needed(by: configuration))
    }

    /// A connection at the gate takes three descriptors (Gate.swift).
    static func needed(by configuration: Configuration) -> Int {
        let endpoints =
            configuration.inputs.map(\.bind.count).reduce(0, +)
            + configuration.outputs.map(\.bind.count).reduce(0, +)
            + (configuration.control.bind?.count ?? 1)
        return least + configuration.http.limits.connections
            + 3 * endpoints * configuration.limits.connections
    }

    /// The daemon raises the soft limit itself.
    private static var ownLimit: Int {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_max)
    }

    private static func hardLimit(of process: Int?) -> Int? {
        guard let process,
            let text = try? String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Max open files") })
        else { return nil }
        let fields = line.dropFirst("Max open files".count).split(separator: " ")
        return fields.count > 1 ? Int(fields[1]) : nil
    }

    var finding: DoctorFinding {
        if limit < Self.least {
            return .error(
                .openFiles,
                "\(limit) open files are allowed; the daemon needs \(Self.least) for itself",
                "raise LimitNOFILE= of the unit, or the hard limit of `ulimit -n`")
        }
        guard limit >= needed else {
            return .warning(
                .openFiles,
                "\(limit) open files are allowed; all connections that limits.connections admits may "
                    + "take \(needed)",
                "set limits.connections lower, or raise LimitNOFILE= of the unit (`ulimit -Hn`)")
        }
        return .ok(.openFiles, "\(limit) open files are allowed, and at most \(needed) are needed")
    }
}
