import ArgumentParser
import Daemon
import Foundation
import PlainText
import Terminal
import Wire

struct ControlConnections: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections", abstract: "List the connections of the daemon's endpoints.",
        discussion: """
            Those of bound endpoints; where the daemon connects by itself, libzmq has the connection. \
            "waiting" are bytes of messages that the daemon has not taken in yet.

              sluice ctl connections
              sluice ctl connections --json | jq -r 'select(.waiting > 1000000).peer'
              sluice ctl kick 17
            """)

    @Flag(help: "JSON lines; the default when the output is not a terminal.")
    var json = false

    @OptionGroup var options: ControlOptions

    func run() throws {
        let list = try options.ask(.connections, for: ConnectionList.self).result
        let output = TextOutput.standardOutput
        guard !json, output.isTerminal else {
            for connection in list.connections {
                try output.write(connection.controlJSON() + [0x0A])
            }
            return
        }
        try output.write(Self.table(list, now: Date().timeIntervalSince1970))
    }

    private static func table(_ list: ConnectionList, now: Double) -> String {
        var table = AlignedTable(
            [
                "id", "age", "bytes in", "bytes out", "messages", "refused", "waiting", "endpoint",
                "peer",
            ], leftColumns: [7, 8])
        for connection in list.connections {
            table.add([
                "\(connection.connection)", StatusText.uptime(max(0, now - connection.since)),
                connection.bytesIn.grouped, connection.bytesOut.grouped,
                connection.messages.grouped, connection.refused.grouped,
                connection.waiting.grouped, connection.endpoint,
                connection.peer.escapedForTerminal() + (connection.key.map { " (\($0))" } ?? "")
                    + (connection.isHandshaking ? " (in its handshake)" : ""),
            ])
        }
        return table.text()
    }
}

struct ControlKick: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kick", abstract: "Close a connection.",
        discussion: """
            What it had sent and the daemon had not taken in is lost, unless it was sent reliably. Most \
            clients connect again by themselves.

              sluice ctl connections
              sluice ctl kick 17
            """)

    @Argument(
        help: ArgumentHelp("Its number in `sluice ctl connections`.", valueName: "id"))
    var id: UInt64
    @OptionGroup var options: ControlOptions

    func run() throws { _ = try options.ask(.kick(id), for: KickedConnection.self) }
}
