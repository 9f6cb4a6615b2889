import ArgumentParser
import Daemon
import PlainText
import Terminal
import Wire

struct ControlStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what the daemon is and has done.",
        discussion: """
            The counters count from the start of the daemon; deploy/docs/wire.md defines each.

              sluice ctl status
              sluice ctl status --json | jq .counters.tokens
            """)

    @Flag(help: "JSON; the default when the output is not a terminal.")
    var json = false

    @OptionGroup var options: ControlOptions

    func run() throws {
        let status = try options.ask(.status, for: DaemonStatus.self).result
        let output = TextOutput.standardOutput
        if json || !output.isTerminal {
            return try output.write(status.controlJSON(pretty: json) + [0x0A])
        }
        try output.write(StatusText.text(status))
    }
}

/// The status of a daemon as text.
enum StatusText {
    static func text(_ status: DaemonStatus) -> String {
        let journal = status.journal
        let facts = [
            ["version", status.version],
            ["model", "\(status.model.folder) (\(status.model.fingerprint.prefix(16)))"],
            ["uptime", uptime(status.uptime)],
            ["threads", "\(status.threads), kernels \(status.kernels)"],
            ["durability", journal.durability],
            ["store", journal.store ?? "none"],
            ["problem", journal.problem ?? "none"],
        ]
        let refused = status.refused.map { ("refused.\($0)", $1) }
        let counters = (status.counters.map { ($0, $1) } + refused).sorted { $0.0 < $1.0 }
        var table = AlignedTable(["counter", "value"])
        for (name, value) in counters { table.add([name, Int(clamping: value).grouped]) }
        return AlignedTable(lines: facts.map { [$0[0], $0[1].escapedForTerminal()] }).text()
            + "\n" + table.text()
    }

    /// `3 d 04:05:06`
    static func uptime(_ seconds: Double) -> String {
        let all = Int(seconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = "\(two(all / 3600 % 24)):\(two(all / 60 % 60)):\(two(all % 60))"
        return all < 86_400 ? clock : "\(all / 86_400) d \(clock)"
    }
}
