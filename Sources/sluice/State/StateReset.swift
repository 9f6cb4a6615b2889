import ArgumentParser
import Wire

struct StateReset: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Zero the state of a stream, and raise its epoch.",
        discussion: """
            Held-back bytes and queued text are dropped. The sequence numbers of its events continue. \
            Returns once the daemon's journal has stored the request.

              sluice state reset news
            """)

    @Argument(
        help: ArgumentHelp("The stream.", valueName: "stream"), transform: parsedStream)
    var stream: StreamID

    @OptionGroup var options: StateOptions

    func run() throws {
        try options.change(stream, .reset, .reset(stream))
    }
}
