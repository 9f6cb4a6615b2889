import ArgumentParser
import Client
import Engine
import Foundation
import Kernels
import Model
import Report
import Wire

struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score text without a daemon: text in, events out.",
        discussion: """
            Uses the engine of the daemon and prints the same events. Each file is a stream with \
            one message; with --per-line each line is a message.

              sluice score review.txt                        shaded text on a terminal
              sluice score --per-line reviews.txt | jq .     JSON lines in a pipe
              echo 'What a film!' | sluice score
              sluice score --events sentiment --every message --per-line reviews.txt
              sluice score --report review.html review.txt   an HTML page about the network
            """)

    @Argument(
        help: ArgumentHelp("Files to score; - is the standard input (default).", valueName: "file"))
    var files: [String] = []

    @Flag(name: [.customShort("l"), .customLong("per-line")], help: "Each line is a message.")
    var perLine = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The stream's name, for a single input (default: the file's name, or stdin).",
            valueName: "name"), transform: parsedStream)
    var stream: StreamID?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Only these kinds: next, sentiment, stream, error (default: all).",
            valueName: "kind,..."), transform: parsedKinds)
    var events = EventKind.allCases

    @Option(
        help: ArgumentHelp(
            "When to print: token, message, or both (default: both).", valueName: "when"))
    var every = ScoreCadence.both

    @Option(help: ArgumentHelp("Candidates in each prediction.", valueName: "number"))
    var top = 5

    @Option(
        help: ArgumentHelp(
            """
            Write an HTML page instead of events, for a single input: the text coloured by \
            sentiment, surprisal or a unit, and h, c and the gates at each token.
            """, valueName: "file"))
    var report: String?

    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup var colors: ColorOptions

    func validate() throws {
        guard stream == nil || files.count <= 1 else {
            throw ValidationError("--stream names one input; there are \(files.count)")
        }
        guard report == nil || files.count <= 1 else {
            throw ValidationError("--report takes one input; there are \(files.count)")
        }
        guard (1...Kernels.maxTop).contains(top) else {
            throw ValidationError("--top is from 1 to \(Kernels.maxTop)")
        }
    }

    func run() throws {
        let interruption = try Interruption.ofSignals()
        let model = try Model.load(from: modelOptions.folder())
        if let report { return try write(report, model, interruption) }
        let output: any EventOutput =
            colors.showsJSON ? JSONLinesOutput() : TranscriptOutput(colors.renderer)
        let session = try ScoreSession(
            model, try options(), output: output, interruption: interruption)
        try session.run(try inputs())
    }

    private func write(_ report: String, _ model: Model, _ interruption: Interruption) throws {
        for input in try inputs() {
            let requests = try ScoreRequests(
                path: input.path, stream: input.stream, perLine: perLine
            ).all(interruption)
            var tracer = SessionTracer(
                requests, of: input.stream, model: model,
                tier: try modelOptions.kernelOptions.requestedTier() ?? .best)
            tracer.top = top
            try ReportWriter(tracer.trace()).write(to: report)
        }
    }

    private func options() throws -> ScoreSession.Options {
        var options = ScoreSession.Options()
        options.engine.top = top
        options.engine.kernelTier = try modelOptions.kernelOptions.requestedTier() ?? .best
        options.engine.maxStreams = max(1, files.count)
        options.profile.next = every == .message ? .everyMessage : .everyToken
        options.profile.sentiment = every.sentiment
        options.kinds = events
        options.perLine = perLine
        return options
    }

    private func inputs() throws -> [(stream: StreamID, path: String)] {
        try (files.isEmpty ? ["-"] : files).map { path in
            let name = path == "-" ? "stdin" : URL(filePath: path).lastPathComponent
            return (try stream ?? StreamID(name), path)
        }
    }
}

/// How often `score` prints sentiment.
enum ScoreCadence: String, CaseIterable, ExpressibleByArgument {
    case token, message, both

    var sentiment: Cadence {
        switch self {
        case .token: .everyToken
        case .message: .everyMessage
        case .both: .everyTokenAndMessage
        }
    }
}
