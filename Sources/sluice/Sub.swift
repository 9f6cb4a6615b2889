import ArgumentParser
import Client
import Daemon
import Wire
import ZeroMQ

struct Sub: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show events as they come.",
        discussion: """
            On a terminal, the running text of each stream: green where it sounds positive, red \
            where negative, dim where the model saw it coming, bold or underlined where not; the \
            score of each message behind it; and what may come next below.

            Otherwise JSON lines: {"topic": "next/default", "sequence": 7, "body": {...}}.

              sluice sub                                    everything
              sluice sub --stream news --events next,error  some of it
              sluice sub --count 100 | jq .body.surprisal   the next 100 events
              sluice sub --color always | less -R           coloured text into a pager
            """)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Only this stream (default: all).", valueName: "name"),
        transform: parsedStream)
    var stream: StreamID?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Only these kinds: next, sentiment, stream, error (default: all).",
            valueName: "kind,..."), transform: parsedKinds)
    var events = EventKind.allCases

    @Option(
        help: ArgumentHelp(
            "Where the daemon publishes (default: \(Configuration.DefaultEndpoint.xpub)).",
            valueName: "endpoint"), transform: parsedEndpoint)
    var from = Configuration.DefaultEndpoint.xpub

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("Stop after so many events.", valueName: "number"))
    var count: Int?

    @Option(help: ArgumentHelp("Stop after so many streams have ended.", valueName: "number"))
    var untilEnded: Int?

    @Flag(
        help: """
            Also events that come again under the number that they had, as after a crash of the \
            daemon.
            """)
    var repeats = false

    @OptionGroup var colors: ColorOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is at least 1") }
        if let untilEnded, untilEnded < 1 {
            throw ValidationError("--until-ended is at least 1")
        }
    }

    func run() throws {
        try reportingFailure {
            var options = SubscriberOptions(endpoint: from)
            options.stream = stream
            options.kinds = events
            options.count = count
            options.endedStreams = untilEnded
            options.showsRepeats = repeats
            let interruption = try Interruption()
            interruption.catchSignals()
            if colors.showsJSON {
                try subscribe(options, JSONLinesOutput(), interruption)
            } else {
                try subscribe(options, TranscriptOutput(colors.renderer), interruption)
            }
        }
    }

    private func subscribe(
        _ options: SubscriberOptions, _ output: some EventOutput, _ interruption: Interruption
    ) throws {
        _ = try SubscribeSession.run(options, output: output, interruption: interruption)
    }
}
