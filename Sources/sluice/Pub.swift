import ArgumentParser
import Client
import Daemon
import Wire
import ZeroMQ

struct Pub: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish text into a stream.",
        discussion: """
            Reads the standard input or files. Each file is one message, sent in pieces; with \
            --per-line each line is one. Waits until the daemon takes messages, reconnects when it \
            restarts, and stops cleanly on Ctrl-C.

            With --reliable each message is numbered, and sent until the daemon acknowledges it, \
            after its journal has stored it. The daemon does not read duplicates again. Exits with \
            0 only if every message was acknowledged, 75 if not, 65 if one was refused.

            The numbers belong to a producer. By default each run is a producer with a new name, so \
            that it publishes its text whatever was published before. To continue an interrupted \
            run, repeat it with the same text and options, and with the producer and the number \
            that it printed at its end: the daemon then reads only what it does not have. \
            With --producer, choose the name yourself, and give the number of the first message \
            with --start-seq: 0 in the producer's first run, the same number to repeat a run, and \
            for new text the number that the last run printed. New text under old numbers is not \
            read; `pub` prints how many numbers the daemon already had.

              echo 'What a film!' | sluice pub                one message
              sluice pub --stream reviews --per-line reviews.txt
              sluice pub --follow app.log --per-line          a growing file, like tail -F
              sluice pub --rate 20 --piece 8 story.txt        slowly, to watch
              sluice pub --reliable --per-line reviews.txt    no message is lost
            """)

    @Argument(help: ArgumentHelp("Files to publish; - is the standard input.", valueName: "file"))
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            Publish what is appended to this file, like tail -F: through rotation and truncation, \
            through changes of its folders and links, and before it exists. An incomplete last line \
            of a file ends a message.
            """, valueName: "file"))
    var follow: String?

    @Flag(help: "With --follow: also publish the file's present content.")
    var fromStart = false

    @Flag(
        help: """
            Publish the bytes unchanged: keep byte-order marks, and accept files that are not text \
            in UTF-8.
            """)
    var raw = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The stream (default: default).", valueName: "name"),
        transform: parsedStream)
    var stream: StreamID?

    @Flag(
        name: [.customShort("l"), .customLong("per-line")],
        help: "Each line is a message; empty lines are skipped.")
    var perLine = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The most messages or pieces per second.", valueName: "number"))
    var rate: Double?

    @Option(help: ArgumentHelp("The most bytes in a piece of a message.", valueName: "bytes"))
    var piece = 1 << 16

    @Flag(
        help:
            "End the stream afterwards: the daemon scores the open message and removes the stream.")
    var end = false

    @Option(
        help: ArgumentHelp(
            """
            Where the daemon subscribes (default: \(Configuration.DefaultEndpoint.sub), with \
            --push \(Configuration.DefaultEndpoint.pull), with --reliable \
            \(Configuration.DefaultEndpoint.router)).
            """, valueName: "endpoint"), transform: parsedEndpoint)
    var to: Endpoint?

    @Flag(help: "Push to a PULL socket instead of publishing to a SUB socket.")
    var push = false

    @Option(
        help: ArgumentHelp(
            "Give up if the daemon is not available by then (default: wait).", valueName: "duration"
        ),
        transform: parsedDuration)
    var wait: Duration?

    @Option(
        help: ArgumentHelp(
            """
            How long delivery may take at the end (default: 10s; with --reliable, no limit).
            """, valueName: "duration"), transform: parsedDuration)
    var linger: Duration?

    @OptionGroup(title: "Keys") var keys: KeyOptions
    @OptionGroup(title: "Acknowledged publishing") var acknowledged: AcknowledgedOptions

    func validate() throws {
        if follow != nil, !files.isEmpty {
            throw ValidationError("--follow and files exclude each other")
        }
        if follow == "-" {
            throw ValidationError("--follow needs a file; a pipe is read to its end without it")
        }
        if fromStart, follow == nil { throw ValidationError("--from-start needs --follow") }
        if let rate, !(rate > 0 && rate.isFinite) {
            throw ValidationError("--rate must be above 0")
        }
        guard (2...1 << 26).contains(piece) else {
            throw ValidationError("--piece must be from 2 to \(1 << 26)")
        }
        if acknowledged.reliable, push {
            throw ValidationError("--reliable and --push exclude each other")
        }
        guard acknowledged.producer == nil || perLine || isCutTheSameEachTime else {
            throw ValidationError(
                "--producer needs the same text under the same numbers: give files, or --per-line")
        }
    }

    func run() throws {
        if let follow {
            try publish(
                try FollowedFile(path: follow, fromStart: fromStart, keepsBytes: raw))
        } else {
            try publish(try FileInput(paths: files.isEmpty ? ["-"] : files, keepsBytes: raw))
        }
    }

    /// Text from a pipe is cut as it happens to arrive. `run` reports missing files.
    private var isCutTheSameEachTime: Bool {
        guard follow == nil else { return false }
        guard let input = try? FileInput(paths: files.isEmpty ? ["-"] : files, keepsBytes: raw)
        else { return true }
        return input.totalByteCount != nil
    }

    private func publish(_ input: some TextInput) throws {
        let interruption = try Interruption.ofSignals()
        let display = PublishDisplay(totalByteCount: input.totalByteCount)
        defer { display.finish() }
        let options = try options()
        let summary = try PublishSession.publish(
            input, options, interruption: interruption, report: display.show)
        try acknowledged.conclude(summary, of: options, from: "the same text", on: display)
    }

    private func options() throws -> PublisherOptions {
        let way: PublisherOptions.Way =
            acknowledged.reliable ? .acknowledged : push ? .push : .publish
        var options = PublisherOptions(
            endpoint: to ?? way.defaultEndpoint, way: way, stream: try stream ?? StreamID("default")
        )
        options.mode = perLine ? .line : .wholeText
        options.longestPiece = piece
        options.rate = rate
        options.endsStream = end
        options.patience = wait
        options.linger = linger
        options.curve = try keys.client(for: options.endpoint)
        options.interruptionEndsText = follow != nil
        acknowledged.apply(to: &options)
        return options
    }
}

extension PublisherOptions.Way {
    /// Where a daemon without a configuration receives it.
    var defaultEndpoint: Endpoint {
        switch self {
        case .publish: Configuration.DefaultEndpoint.sub
        case .push: Configuration.DefaultEndpoint.pull
        case .acknowledged: Configuration.DefaultEndpoint.router
        }
    }
}
