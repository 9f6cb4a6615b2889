import ArgumentParser
import Wire

struct StateEnd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End a stream: read its held-back bytes, and remove it.",
        discussion: """
            Queued text is dropped, and a message that is being read is cut off and has no score. \
            Returns once the daemon's journal has stored the request.

              sluice state end news
            """)

    @Argument(
        help: ArgumentHelp("The stream.", valueName: "stream"), transform: parsedStream)
    var stream: StreamID

    @OptionGroup var options: StateOptions

    func run() throws {
        try options.change(stream, .end, .end(stream))
    }
}
