import Foundation
import TestSupport
import Testing
import ZeroMQ

/// `sluice serve` with endpoints of its own: `in` (PULL), `sub` (SUB), `router` (ROUTER), `out` (XPUB)
/// and `all` (PUSH), which is sent everything: it stops only when all has been read, or after ten seconds.
final class ServedDaemon: Sendable {
    let process: SluiceProcess
    let folder: TemporaryFolder

    /// Which of the endpoints it has.
    enum Socket: String, CaseIterable { case `in`, sub, router, out, all, control, http }

    /// - Parameters:
    ///   - model: nil for the shipped one.
    ///   - keys: further lines of the configuration, before the tables of the sockets.
    ///   - journal: lines of the journal's table; the store is in the daemon's folder.
    ///   - http: lines of that table.
    ///   - slowReader: the policy of the outputs.
    ///   - environment: further variables of the process.
    init(
        model: String? = Repository.smallModel, _ sockets: [Socket] = [.in, .all],
        keys: String = "", journal: String = "", http: String = "", slowReader: String = "block",
        folder: TemporaryFolder? = nil, environment: [String: String] = [:],
        isAwaited: Bool = true
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        let file = try folder.write(
            Self.configuration(model, keys, journal, http, sockets, slowReader, in: folder),
            to: "sluice.toml")
        process = try SluiceProcess(["serve", "--config", file], environment: environment)
        self.folder = folder
        if isAwaited { try process.waitForErrors(containing: "] serving") }
    }

    private static func configuration(
        _ model: String?, _ keys: String, _ journal: String, _ httpKeys: String,
        _ sockets: [Socket],
        _ slowReader: String, in folder: TemporaryFolder
    ) -> String {
        var text = (model.map { "model = \"\($0)\"\n" } ?? "") + keys + "\n"
        let path = journal.contains("path = ") ? "" : "path = \"journal.sqlite\"\n"
        text += "[journal]\n" + path + journal + "\n"
        let control = sockets.contains(.control) ? "\"ipc://\(folder.path)/control\"" : ""
        text += "[control]\nbind = [\(control)]\n"
        let http = sockets.contains(.http) ? "\"tcp://127.0.0.1:*\"" : ""
        text += "[http]\nbind = [\(http)]\n" + httpKeys
        for socket in sockets where ![.control, .http].contains(socket) {
            let (table, type) =
                switch socket {
                case .in: ("input", "pull")
                case .sub: ("input", "sub")
                case .router: ("input", "router")
                case .out, .control, .http: ("output", "xpub")
                case .all: ("output", "push")
                }
            text +=
                "[[\(table)]]\ntype = \"\(type)\"\nbind = [\"ipc://\(folder.path)/\(socket)\"]\n"
            if table == "output" {
                text += "slow_reader = \"\(slowReader)\"\nsocket.linger = \"30s\"\n"
                text += "socket.send_high_water_mark = 1000\n"
            }
        }
        return text
    }

    var store: String { folder.path + "/journal.sqlite" }

    func endpoint(_ socket: Socket) throws -> Endpoint {
        try Endpoint("ipc://\(folder.path)/\(socket)")
    }

    /// Stops it; expects that it stops well.
    @discardableResult
    func stop(by signal: Int32 = SIGTERM) throws -> SluiceProcess.Result {
        process.signal(signal)
        let result = try process.finish()
        #expect(result.status == 0, "\(result.errors)")
        return result
    }
}

extension SluiceProcess.Result {
    /// The metadata of the log's line with this message, such as `stopped`.
    func logged(_ message: String) throws -> [String: String] {
        let line = try #require(
            errors.split(separator: "\n").last { $0.hasSuffix("] \(message)") }, "\(errors)")
        let fields = line.split(separator: " ").compactMap { field -> (String, String)? in
            let parts = field.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return Dictionary(fields) { $1 }
    }
}
