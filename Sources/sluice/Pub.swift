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
            --per-line each line is one. Waits until the daemon takes messages, connects again \
            when it comes back, and stops cleanly on Ctrl-C.

            With --reliable each message is numbered, and sent until the daemon acknowledges it: \
            once its journal has it. What the daemon has already it does not read again. Exits \
            with 0 only if every message was acknowledged, 75 if not, 65 if one was refused.

            The numbers belong to a producer, by default one with a name of its own in each run: \
            a run publishes its text, whatever was published before. To take up a run that was \
            cut short, run it again, with the same text and options, as the producer and from the \
            number that it names at its end: the daemon then reads only what it does not have. \
            With --producer choose that name yourself; then say in --start-seq which number the \
            first message has: 0 in the producer's first run, the same again to take a run up, and \
            for new text the number that the last run named. New text under old numbers would not \
            be read; `pub` says how many numbers the daemon had.

              echo 'What a film!' | sluice pub                one message
              sluice pub --stream reviews --per-line reviews.txt
              sluice pub --follow app.log --per-line          as it grows, like tail -F
              sluice pub --rate 20 --piece 8 story.txt        slowly, to watch it
              sluice pub --reliable --per-line reviews.txt    not one is lost
            """)

    @Argument(help: ArgumentHelp("Files to publish; - is the standard input.", valueName: "file"))
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            Publish what is added to the file of this name, as tail -F does: through rotation and \
            truncation, whatever its folders and links become, and before it is there. What is left \
            of a file's last line ends a message.
            """, valueName: "file"))
    var follow: String?

    @Flag(help: "With --follow: also what the file holds already.")
    var fromStart = false

    @Flag(
        help: """
            Publish the bytes as they are: a byte-order mark too, and files that are no text in \
            UTF-8.
            """)
    var raw = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The stream (default: default).", valueName: "name"),
        transform: parsedStream)
    var stream: StreamID?

    @Flag(
        name: [.customShort("l"), .customLong("per-line")],
        help: "Each line is a message; empty ones are left out.")
    var perLine = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Messages or pieces in a second, at most.", valueName: "number"))
    var rate: Double?

    @Option(help: ArgumentHelp("Bytes in a piece of a message, at most.", valueName: "bytes"))
    var piece = 1 << 16

    @Flag(help: "End the stream afterwards: the daemon scores it and forgets it.")
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
            "Give up if the daemon is not there by then (default: wait).", valueName: "duration"),
        transform: parsedDuration)
    var wait: Duration?

    @Option(
        help: ArgumentHelp(
            """
            How long delivery may take at the end (default: 10s; with --reliable, as long as it \
            takes).
            """, valueName: "duration"), transform: parsedDuration)
    var linger: Duration?

    @OptionGroup(title: "Acknowledged publishing") var acknowledged: AcknowledgedOptions

    func validate() throws {
        if follow != nil, !files.isEmpty {
            throw ValidationError("--follow and files exclude each other")
        }
        if follow == "-" { throw ValidationError("--follow takes a file; a pipe is read anyway") }
        if fromStart, follow == nil { throw ValidationError("--from-start needs --follow") }
        if let rate, !(rate > 0 && rate.isFinite) { throw ValidationError("--rate is above 0") }
        guard (2...1 << 26).contains(piece) else {
            throw ValidationError("--piece is from 2 to \(1 << 26)")
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
        try reportingFailure {
            if let follow {
                try publish(
                    try FollowedFile(path: follow, fromStart: fromStart, keepsBytes: raw))
            } else {
                try publish(try FileInput(paths: files.isEmpty ? ["-"] : files, keepsBytes: raw))
            }
        }
    }

    /// Text that comes by a pipe is cut as it happens to come. A missing file is `run`'s to report.
    private var isCutTheSameEachTime: Bool {
        guard follow == nil else { return false }
        guard let input = try? FileInput(paths: files.isEmpty ? ["-"] : files, keepsBytes: raw)
        else { return true }
        return input.totalByteCount != nil
    }

    private func publish(_ input: some TextInput) throws {
        let interruption = try Interruption()
        interruption.catchSignals()
        let display = PublishDisplay(totalByteCount: input.totalByteCount)
        defer { display.finish() }
        if acknowledged.reliable {
            let options = try reliableOptions()
            let summary = try ReliableSession.publish(
                input, options, interruption: interruption, report: display.show)
            return try acknowledged.conclude(
                summary, of: options, from: "the same text", on: display)
        }
        let options = try options()
        let summary = try PublishSession.publish(
            input, options, interruption: interruption, report: display.show)
        display.finish()
        display.show(summary, of: options)
    }

    private func options() throws -> PublisherOptions {
        let standard = push ? Configuration.DefaultEndpoint.pull : Configuration.DefaultEndpoint.sub
        var options = PublisherOptions(
            endpoint: to ?? standard, pattern: push ? .push : .publish,
            stream: try stream ?? StreamID("default"))
        options.mode = perLine ? .line : .wholeText
        options.longestPiece = piece
        options.rate = rate
        options.endsStream = end
        options.patience = wait
        options.linger = linger ?? .seconds(10)
        return options
    }

    private func reliableOptions() throws -> ReliableOptions {
        var options = ReliableOptions(
            endpoint: to ?? Configuration.DefaultEndpoint.router,
            stream: try stream ?? StreamID("default"),
            producer: acknowledged.name)
        options.mode = perLine ? .line : .wholeText
        options.longestPiece = piece
        options.rate = rate
        options.endsStream = end
        options.patience = wait
        options.linger = linger
        options.interruptionEndsText = follow != nil
        acknowledged.apply(to: &options)
        return options
    }
}
