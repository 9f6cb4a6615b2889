import ArgumentParser
import Daemon
import Wire

struct ControlReset: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Zero the state of a stream, and raise its epoch.",
        discussion: """
            As `sluice state reset`: held-back bytes and queued text are dropped.

              sluice ctl reset news
            """)

    @Argument(help: ArgumentHelp("The stream.", valueName: "stream"), transform: parsedStream)
    var stream: StreamID
    @OptionGroup var options: ControlOptions

    func run() throws { _ = try options.ask(.reset(stream), for: ChangedStream.self) }
}
