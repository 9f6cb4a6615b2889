import ArgumentParser
import Client
import Engine
import Storage
import Wire

struct StateList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the streams.",
        discussion: """
            Lists streams in the daemon's memory (resident) and in its store only (evicted). With \
            --store, lists those of the store, whether or not a daemon runs.

              sluice state list
              sluice state list --prefix news/
              sluice state list --json | jq -r 'select(.tokens > 10000).stream'
            """)

    @OptionGroup var list: StreamListOptions
    @OptionGroup var options: StateOptions

    func run() throws {
        if let reader = try options.storage?.makeReader() {
            try list.write { list in
                StreamListing(list, residents: [], stored: try reader.listedStreams(list))
            }
        } else {
            var client = try options.client()
            try list.write { list in try client.ask(.list(list)).result }
        }
    }
}
