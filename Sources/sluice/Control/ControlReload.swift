import ArgumentParser
import Daemon
import Terminal
import Wire

struct ControlReload: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Let the daemon read its configuration again.",
        discussion: """
            The daemon reads its file again, with the same environment and flags, and checks all of \
            it before anything changes. Then it applies what can change while it serves, and names \
            the keys that need a restart. If anything is wrong, nothing changes, every problem is \
            printed, and the exit code is 78. SIGHUP does the same, without an answer.

              sluice ctl reload
              sluice serve --config /etc/sluice/sluice.toml --check && sluice ctl reload
              sluice ctl reload --json | jq .needs_restart
            """)

    @Flag(help: "JSON; the default when the output is not a terminal.")
    var json = false

    @OptionGroup var options: ControlOptions

    func run() throws {
        let report = try options.ask(.reload, for: ReloadReport.self).result
        let output = TextOutput.standardOutput
        if json || !output.isTerminal {
            return try output.write(report.controlJSON() + [0x0A])
        }
        try output.write(Self.text(report))
    }

    static func text(_ report: ReloadReport) -> String {
        let lines =
            report.applied.map { "applied: \($0)" } + report.notes
            + report.needsRestart.map { "needs a restart: \($0)" }
        return (lines.isEmpty ? ["nothing has changed"] : lines).joined(separator: "\n") + "\n"
    }
}
