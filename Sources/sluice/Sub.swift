import ArgumentParser
import Client
import Daemon
import Foundation
import Wire
import ZeroMQ

struct Sub: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show events as they arrive.",
        discussion: """
            On a terminal, shows the running text of each stream: green where it is positive, red \
            where negative, dim where the model expected it, bold or underlined where not. The score \
            of a message follows it; the candidates for the next token are below the text.

            Elsewhere, prints JSON lines: {"topic": "next/default", "sequence": 7, "body": {...}}.

              sluice sub                                    all events
              sluice sub --stream news --events next,error  some of them
              sluice sub --count 100 | jq .body.surprisal   the next 100 events
              sluice sub --color always | less -R           coloured text in a pager
              sluice sub --history --stream news            first what was published before

            Events that were missed are asked of the daemon's control socket and shown in their place, \
            in JSON lines with "backfill": true. The socket is looked for where a daemon of this user \
            has it, if --from is on this machine; elsewhere name it with --control. Without it, or \
            without a store, sub only reports how many events were missed.
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
        help: ArgumentHelp("Stop after this number of events.", valueName: "number"))
    var count: Int?

    @Option(
        help: ArgumentHelp("Stop after this number of streams have ended.", valueName: "number"))
    var untilEnded: Int?

    @Flag(
        help: """
            Also show events that arrive again under the same number, as after a crash of the \
            daemon.
            """)
    var repeats = false

    @Option(
        help: ArgumentHelp(
            """
            The daemon's control socket, for events that were missed (default: if --from is on this \
            machine, \(ControlPlace.description)).
            """, valueName: "endpoint"), transform: parsedEndpoint)
    var control: Endpoint?

    @Option(
        help: ArgumentHelp(
            "Which of the daemon's outputs --from is, counted from 0 in its configuration.",
            valueName: "number"))
    var output = 0

    @Flag(help: "First show what the streams have published before, as far as it is kept.")
    var history = false

    @Flag(help: "Leave out events that were missed, and only report how many.")
    var noBackfill = false

    @OptionGroup(title: "Keys") var keys: KeyOptions
    @OptionGroup var colors: ColorOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be at least 1") }
        if let untilEnded, untilEnded < 1 {
            throw ValidationError("--until-ended must be at least 1")
        }
        guard output >= 0 else { throw ValidationError("--output counts from 0") }
        guard !noBackfill || (!history && control == nil) else {
            throw ValidationError("--no-backfill excludes --history and --control")
        }
        guard !history || controlEndpoint != nil else {
            throw ValidationError(
                "--history needs the daemon's control socket: name it with --control")
        }
    }

    func run() throws {
        var options = SubscriberOptions(endpoint: from)
        options.curve = try keys.client(for: from)
        options.stream = stream
        options.kinds = events
        options.count = count
        options.endedStreams = untilEnded
        options.showsRepeats = repeats
        options.backfill = try backfill()
        let interruption = try Interruption.ofSignals()
        if colors.showsJSON {
            try subscribe(options, JSONLinesOutput(), interruption)
        } else {
            try subscribe(options, TranscriptOutput(colors.renderer), interruption)
        }
    }

    private func backfill() throws -> BackfillOptions? {
        guard !noBackfill, let controlEndpoint else { return nil }
        var options = BackfillOptions(control: controlEndpoint)
        options.curve = try keys.client(for: controlEndpoint)
        options.output = output
        options.wantsHistory = history
        return options
    }

    /// The one given, or that of a daemon on this machine.
    private var controlEndpoint: Endpoint? {
        if let control { return control }
        return from.isLocal
            ? ControlPlace.found(ProcessInfo.processInfo.environment).endpointOfSocket : nil
    }

    private func subscribe(
        _ options: SubscriberOptions, _ output: some EventOutput, _ interruption: Interruption
    ) throws {
        _ = try SubscribeSession.run(options, output: output, interruption: interruption)
    }
}

extension EventKind: ExpressibleByArgument {}
