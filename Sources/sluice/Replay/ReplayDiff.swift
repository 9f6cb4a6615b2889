import ArgumentParser
import Client
import Debugger
import Engine
import Foundation
import Kernels
import Model
import Replay
import Storage
import Terminal
import Wire

struct ReplayDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two readings of a stream, or two streams.",
        discussion: """
            Reads both from their beginning, aligned by the bytes of their text, so that models \
            with other tokenizers can be compared too. Says where they differ first and in what, \
            shows both around there, and how they compare over all: mean surprisal per byte, how \
            often they agree on the likeliest token, correlation of sentiment, and, where both \
            have one vocabulary, the divergence of their predictions (KL).

              sluice replay diff reviews --model models/new      read by another model
              sluice replay diff reviews --with reviews-2        another stream
              sluice replay diff reviews --life 0,1              two incarnations of the name
              sluice replay diff reviews --epochs 0,1            before and after a reset
              sluice replay diff reviews --model models/new --context 20
              sluice replay diff reviews --model models/new | jq 'select(.difference == "tokens")'

            On a terminal a table; otherwise JSON lines: every piece of text at whose end both \
            have a token's end, then the summary.
            """)

    @Argument(help: "The stream.", transform: parsedStream)
    var stream: StreamID

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Read it by the model in this folder, too.", valueName: "folder"))
    var model: String?

    @Option(
        help: ArgumentHelp("Compare with this stream.", valueName: "stream"),
        transform: parsedStream)
    var with: StreamID?

    @Option(
        name: .customLong("life"),
        help: ArgumentHelp(
            "Which incarnation, or which two to compare (default: the last).", valueName: "a[,b]"),
        transform: parsedPair)
    var incarnations: NumberPair?

    @Option(
        help: ArgumentHelp(
            "Only this epoch, or these two to compare (default: all).", valueName: "a[,b]"),
        transform: parsedPair)
    var epochs: NumberPair?

    @Option(
        help: ArgumentHelp(
            "Rows to show before and after the first difference.", valueName: "number"))
    var context = 8

    @Flag(help: "Show every row.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "The store, or a bundle (default: as of replay list).", valueName: "file"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "A folder to look for the recorded models in; may be given again.",
            valueName: "folder"))
    var models: [String] = []

    @OptionGroup var colors: ColorOptions

    func validate() throws {
        let isTwo = incarnations?.second != nil || epochs?.second != nil
        guard model != nil || with != nil || isTwo else {
            throw ValidationError(
                "expected what to compare with: --model, --with, or two incarnations or epochs")
        }
        if context < 0 { throw ValidationError("--context is at least 0") }
    }

    func run() throws {
        let interruption = try Interruption.ofSignals()
        let (left, right) = try sides()
        let kernels = try Kernels(tier: .best)
        let differ = try Differ(left.side, right.side, kernels: kernels)
        let progress = colors.progress
        defer { progress.clear() }
        var report: any DiffOutput =
            colors.showsJSON
            ? DiffLines()
            : DiffTable(
                names: (left.name, right.name), context: all ? .max : context,
                look: colors.choice.look, width: TextOutput.standardOutput.columns ?? 100,
                progress: progress)
        try report.begin()
        while !interruption.isRequested, let segment = try differ.next() {
            try report.write(segment)
            progress.show("comparing: \(differ.summary.segments) pieces (Ctrl-C stops)")
        }
        try report.finish(differ.summary)
        if interruption.isRequested { throw ExitCode.interrupted }
    }

    // MARK: Sides

    private typealias Named = (side: DiffSide, name: String)

    private func sides() throws -> (Named, Named) {
        let opened = try openedStore(store, models: models)
        let session = try opened.session(of: stream, incarnation: incarnations?.first)
        let other = try opened.session(
            of: with ?? stream, incarnation: incarnations?.second ?? incarnations?.first)
        let loaded = try model.map { try Model.load(from: URL(filePath: $0)) }
        return (
            try side(session, epochs?.first, nil),
            try side(other, epochs?.second ?? epochs?.first, loaded)
        )
    }

    private func side(_ session: Session, _ epoch: UInt64?, _ model: Model?) throws -> Named {
        if model != nil, session.status.cut > 0 {
            throw DebuggerError.incomplete(requests: session.status.cut)
        }
        let points = try PointReader(
            session, source: RequestSource(session, models: model.map { model in { _ in model } }))
        let side = DiffSide(points, epoch: epoch)
        if let epoch, try side.isEmpty {
            throw StorageError(
                .missing, in: session.store.path, part: session.stream.text,
                "its epoch \(epoch) has no token here")
        }
        var name = session.stream.text
        if incarnations?.second != nil { name += " life \(session.incarnation.number)" }
        if epochs?.second != nil, let epoch { name += " epoch \(epoch)" }
        return (
            side,
            "\(name) (model \(points.model.fingerprint.short.prefix(8)))"
        )
    }
}

/// One number, or two that are compared.
struct NumberPair: Sendable {
    let first: UInt64
    let second: UInt64?
}

func parsedPair(_ text: String) throws -> NumberPair {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { UInt64($0) }
    guard (1...2).contains(parts.count), parts.allSatisfy({ $0 != nil }), let first = parts[0]
    else {
        throw ValidationError("'\(text)' is no number, nor two such as 0,1")
    }
    return NumberPair(first: first, second: parts.count == 2 ? parts[1] : nil)
}
