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
        commandName: "diff", abstract: "Compare two models on a stream, or two streams.",
        discussion: """
            Plays both from the beginning and aligns them by the bytes of their text, so that models \
            with different tokenizers can be compared. Prints the first difference and the rows \
            around it, then a summary: mean surprisal per byte, how often the likeliest token is \
            the same, the correlation of sentiment, and, if both have the same vocabulary, the \
            divergence of their predictions (KL).

              sluice replay diff reviews --model models/new      with another model
              sluice replay diff reviews --with reviews-2        another stream
              sluice replay diff reviews --life 0,1              two incarnations of the name
              sluice replay diff reviews --epochs 0,1            before and after a reset
              sluice replay diff reviews --model models/new --context 20
              sluice replay diff reviews --model models/new | jq 'select(.difference == "tokens")'

            The output is a table on a terminal, otherwise JSON lines. A row is the shortest piece \
            of text that ends at the end of a token on both sides. The summary is the last line.
            """)

    @Argument(help: "The stream.", transform: parsedStream)
    var stream: StreamID

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Compare with the model in this folder.", valueName: "folder"))
    var model: String?

    @Option(
        help: ArgumentHelp("Compare with this stream.", valueName: "stream"),
        transform: parsedStream)
    var with: StreamID?

    @Option(
        name: .customLong("life"),
        help: ArgumentHelp(
            "The incarnation, or the two to compare (default: the last).", valueName: "a[,b]"),
        transform: parsedPair)
    var incarnations: NumberPair?

    @Option(
        help: ArgumentHelp(
            "Only this epoch, or these two to compare (default: all).", valueName: "a[,b]"),
        transform: parsedPair)
    var epochs: NumberPair?

    @Option(help: ArgumentHelp("Rows before and after the first difference.", valueName: "number"))
    var context = 8

    @Flag(help: "Print every row.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "The store or a bundle (default: see `sluice help replay`).", valueName: "file"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "A folder to search for the recorded models; repeatable.",
            valueName: "folder"))
    var models: [String] = []

    @OptionGroup var colors: ColorOptions

    func validate() throws {
        let isTwo = incarnations?.second != nil || epochs?.second != nil
        guard model != nil || with != nil || isTwo else {
            throw ValidationError("expected --model, --with, or two numbers for --life or --epochs")
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
                printer: LinePrinter(colors, atLeast: 60, progress))
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
                "its epoch \(epoch) has no stored token")
        }
        var name = session.stream.text
        if incarnations?.second != nil { name += " life \(session.incarnation.number)" }
        if epochs?.second != nil, let epoch { name += " epoch \(epoch)" }
        return (side, "\(name) (model \(points.model.fingerprint.short.prefix(8)))")
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
        throw ValidationError("'\(text)' is not a number or a pair such as 0,1")
    }
    return NumberPair(first: first, second: parts.count == 2 ? parts[1] : nil)
}
