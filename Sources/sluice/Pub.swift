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

              echo 'What a film!' | sluice pub                one message
              sluice pub --stream reviews --per-line reviews.txt
              sluice pub --follow app.log --per-line          as it grows, like tail -F
              sluice pub --rate 20 --piece 8 story.txt        slowly, to watch it
            """)

    @Argument(help: ArgumentHelp("Files to publish; - is the standard input.", valueName: "file"))
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            "Publish what is added to a file, through rotation and truncation.",
            valueName: "file"))
    var follow: String?

    @Flag(help: "With --follow: also what the file holds already.")
    var fromStart = false

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
            --push \(Configuration.DefaultEndpoint.pull)).
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
            "How long delivery may take at the end (default: 10s).", valueName: "duration"),
        transform: parsedDuration)
    var linger = Duration.seconds(10)

    func validate() throws {
        if follow != nil, !files.isEmpty {
            throw ValidationError("--follow and files exclude each other")
        }
        if fromStart, follow == nil { throw ValidationError("--from-start needs --follow") }
        if let rate, !(rate > 0 && rate.isFinite) { throw ValidationError("--rate is above 0") }
        guard (2...1 << 26).contains(piece) else {
            throw ValidationError("--piece is from 2 to \(1 << 26)")
        }
    }

    func run() throws {
        try reportingFailure {
            if let follow {
                try publish(try FollowedFile(path: follow, fromStart: fromStart))
            } else {
                try publish(try FileInput(paths: files.isEmpty ? ["-"] : files))
            }
        }
    }

    private func publish(_ input: some TextInput) throws {
        let interruption = try Interruption()
        interruption.catchSignals()
        let display = PublishDisplay(totalByteCount: input.totalByteCount)
        let options = try options()
        defer { display.finish() }
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
        options.linger = linger
        return options
    }
}
