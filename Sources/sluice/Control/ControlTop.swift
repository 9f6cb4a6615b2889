import ArgumentParser
import Client
import Daemon
import Dispatch
import Terminal
import Threads
import Wire

struct ControlTop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Watch the streams and their rates.",
        discussion: """
            On a terminal a live table: q quits; r, t, m and n sort by rate, tokens, messages and name. \
            Elsewhere one table, of the time between two samples.

              sluice ctl top
              sluice ctl top --prefix news/ --every 5s
              sluice ctl top --sort tokens | head
            """)

    @Option(help: ArgumentHelp("Only names with this prefix.", valueName: "text"))
    var prefix = ""

    @Option(
        help: ArgumentHelp("Time between two samples (default: 1s).", valueName: "duration"),
        transform: parsedDuration)
    var every = Duration.seconds(1)

    @Option(help: ArgumentHelp("rate, tokens, messages or name.", valueName: "order"))
    var sort = TopView.Order.rate

    @Option(
        help: ArgumentHelp(
            "The most streams to look at, in the order of their names.", valueName: "number"))
    var limit = 1000

    @Flag(help: "One table; the default when the output is not a terminal.")
    var once = false

    @OptionGroup var options: ControlOptions

    func validate() throws {
        guard every > .zero else { throw ValidationError("--every is above 0") }
        guard limit > 0 else { throw ValidationError("--limit must be above 0") }
    }

    func run() throws {
        var client = try options.client()
        let sampling: (inout ControlClient) throws -> TopSample = { client in
            try TopSample(&client, prefix: prefix, limit: limit)
        }
        if !once, TextOutput.standardOutput.isTerminal {
            var terminal = try TopTerminal(client, every: every, order: sort, sampling: sampling)
            return try terminal.run()
        }
        let first = try sampling(&client)
        MonotonicSemaphore().wait(until: .now() + every / .seconds(1))
        let view = TopView(try sampling(&client), since: first)
        let lines = TopText(view: view, order: sort).lines(streams: limit)
        try TextOutput.standardOutput.write(lines.map { $0 + "\n" }.joined())
    }
}

extension TopView.Order: ExpressibleByArgument {}
