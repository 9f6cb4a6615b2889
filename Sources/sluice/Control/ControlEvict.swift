import ArgumentParser
import Daemon
import Wire

struct ControlEvict: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evict", abstract: "Move an idle stream from memory to the store.",
        discussion: """
            Its next input restores it; nothing of it is lost. A stream that has something to read is \
            waited for, as long as --timeout. If it is not idle by then, the exit code is 75.

              sluice ctl evict news
            """)

    @Argument(help: ArgumentHelp("The stream.", valueName: "stream"), transform: parsedStream)
    var stream: StreamID
    @OptionGroup var options: ControlOptions

    func run() throws { _ = try options.ask(.evict(stream), for: ChangedStream.self) }
}
