import ArgumentParser
import Daemon
import Wire

struct ControlLogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level", abstract: "Set the level of the daemon's log.",
        discussion: """
            Until the next reload or restart, which set log.level of the configuration again.

              sluice ctl log-level debug
            """)

    @Argument(
        help: ArgumentHelp(
            "\(ControlLogLevel.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "level"))
    var level: ControlLogLevel

    @OptionGroup var options: ControlOptions

    func run() throws { _ = try options.ask(.logLevel(level), for: ReloadReport.self) }
}

extension ControlLogLevel: ExpressibleByArgument {}
