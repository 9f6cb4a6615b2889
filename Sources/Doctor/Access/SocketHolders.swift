import Foundation
import ZeroMQ

/// Which processes listen, as far as /proc shows it to this user.
struct SocketHolders: Sendable {
    struct Holder: Equatable, Sendable {
        var process: Int
        /// Its command, without arguments.
        var name: String

        init(process: Int, name: String) { (self.process, self.name) = (process, name) }
    }

    private let processes: [UInt64: Int]

    /// Reads the descriptors of all processes that this user may look at.
    init() {
        var processes: [UInt64: Int] = [:]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in names.compactMap({ Int($0) }) {
            let folder = "/proc/\(process)/fd"
            let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for descriptor in descriptors {
                guard
                    let target = try? FileManager.default.destinationOfSymbolicLink(
                        atPath: "\(folder)/\(descriptor)"),
                    target.hasPrefix("socket:["), let inode = UInt64(target.dropFirst(8).dropLast())
                else { continue }
                processes[inode] = process
            }
        }
        self.processes = processes
    }

    /// Nil if nobody is seen there.
    func holder(of endpoint: Endpoint) -> Holder? {
        let inodes: [UInt64]
        switch endpoint.address {
        case .tcp(_, let port?):
            inodes = ["tcp", "tcp6"].flatMap { Self.listeners(Self.text($0), port: port) }
        case .ipc(let path): inodes = Self.listeners(Self.text("unix"), path: path)
        case .abstractIPC(let name): inodes = Self.listeners(Self.text("unix"), path: "@" + name)
        case .tcp(_, nil), .anyIPC, .inproc: inodes = []
        }
        guard let process = inodes.compactMap({ processes[$0] }).first else { return nil }
        let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
        return Holder(
            process: process, name: name.map { $0.filter { $0 != "\n" } } ?? "unknown")
    }

    private static func text(_ table: String) -> String {
        (try? String(contentsOfFile: "/proc/net/\(table)", encoding: .utf8)) ?? ""
    }

    /// Of the lines of /proc/net/tcp: number, local address, remote one, state (0A: listens), …, inode.
    static func listeners(_ text: String, port: UInt16) -> [UInt64] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A",
                let local = fields[1].split(separator: ":").last, UInt16(local, radix: 16) == port
            else { return nil }
            return UInt64(fields[9])
        }
    }

    /// Of the lines of /proc/net/unix, whose seventh field is the inode, and the last one the path.
    static func listeners(_ text: String, path: String) -> [UInt64] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 7)
            guard fields.count == 8, fields[7] == path else { return nil }
            return UInt64(fields[6])
        }
    }
}
