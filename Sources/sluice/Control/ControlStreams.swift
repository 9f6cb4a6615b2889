import ArgumentParser
import Client
import Engine
import Wire

struct ControlStreams: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams", abstract: "List the streams of the daemon.",
        discussion: """
            Lists streams in the daemon's memory (resident) and in its store only (evicted), as \
            `sluice state list` does.

              sluice ctl streams
              sluice ctl streams --prefix news/ --json | jq -r .stream
            """)

    @OptionGroup var list: StreamListOptions
    @OptionGroup var options: ControlOptions

    func run() throws {
        var client = try options.client()
        try list.write { list in try client.ask(.list(list)).result }
    }
}
