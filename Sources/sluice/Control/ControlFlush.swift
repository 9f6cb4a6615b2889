import ArgumentParser
import Daemon
import Wire

struct ControlFlush: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flush", abstract: "Force the held-back bytes of a stream out as tokens.",
        discussion: """
            The end of a text is held back while more text could change its tokens. The message stays \
            open.

              sluice ctl flush news
            """)

    @Argument(help: ArgumentHelp("The stream.", valueName: "stream"), transform: parsedStream)
    var stream: StreamID
    @OptionGroup var options: ControlOptions

    func run() throws { _ = try options.ask(.flush(stream), for: ChangedStream.self) }
}
