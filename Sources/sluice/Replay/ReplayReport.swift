import ArgumentParser
import Client
import Engine
import Files
import Foundation
import Kernels
import Model
import Replay
import Report
import Storage
import Terminal
import Wire

struct ReplayReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write an HTML page about a session.",
        discussion: """
            Writes one HTML file that loads nothing else. It shows the text coloured by sentiment, \
            surprisal or a unit, their curves, the candidates, and h, c and the gates at each token. \
            A page is about one model. If several models read the stream, it is the last one, or \
            the one that --model or --from selects.

              sluice replay report reviews -o reviews.html
              sluice replay report reviews --from message:3 --to message:8 -o part.html
              sluice replay report reviews --store bug.sluice --all-units -o bug.html
              sluice replay report reviews --layers 1 --units 64 > reviews.html

            `sluice help replay show` explains places. A page of a long session has only the most \
            active units.
            """)

    @OptionGroup var session: SessionOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The file to write (default in a pipe: the standard output).", valueName: "file"))
    var output: String?

    @Flag(help: "Replace an existing file.")
    var force = false

    @OptionGroup var range: RangeOptions

    @Option(
        help: ArgumentHelp(
            "How many of the most active units of each layer to keep (default: what fits in 48 MiB).",
            valueName: "number"))
    var units: Int?

    @Flag(help: "Keep all units.")
    var allUnits = false

    @Option(
        help: ArgumentHelp(
            "The layers whose units to keep, from 0 (default: all).", valueName: "number,..."))
    var layers: String?

    @Option(help: ArgumentHelp("Candidates for each next token.", valueName: "number"))
    var top = 5

    func validate() throws {
        if output == nil, TextOutput.standardOutput.isTerminal {
            throw ValidationError("expected -o FILE, or a pipe to write the page into")
        }
        if allUnits, units != nil {
            throw ValidationError("--units and --all-units exclude each other")
        }
        if let units, units < 1 { throw ValidationError("--units is at least 1") }
        guard (1...Kernels.maxTop).contains(top) else {
            throw ValidationError("--top is from 1 to \(Kernels.maxTop)")
        }
        _ = try chosenLayers()
    }

    func run() throws {
        try checkOutput()
        let interruption = try Interruption.ofSignals()
        let session = try session.open(hasInputTables: true)
        let tracer = try tracer(of: session)
        let progress = ProgressLine()
        defer { progress.clear() }
        let trace = try tracer.trace { tokens, total in
            // An incomplete page is not written.
            guard !interruption.isRequested else { throw ExitCode.interrupted }
            progress.show(
                total.map { "tracing: \(tokens) of \($0) tokens" }
                    ?? "reading: \(tokens) tokens")
        }
        progress.clear()
        try write(trace)
    }

    // MARK: What to show

    private func tracer(of session: Session) throws -> SessionTracer {
        var tracer = SessionTracer(session)
        tracer.top = top
        tracer.units = allUnits ? .all : units.map { .mostActive($0) } ?? .standard
        tracer.start = try startPlace(in: session)
        tracer.end = range.end
        tracer.layers = try chosenLayers()
        return tracer
    }

    private func startPlace(in session: Session) throws -> SessionPlace {
        if let start = range.start { return start }
        let segments = try session.segments()
        guard segments.count > 1 else { return .start }
        let shown = try chosenSegment(segments, in: session)
        try say(
            "\(segments.count) models read \(session.stream.text) one after the other; the page "
                + "shows \(Fingerprint(bytes: shown.model)?.short ?? "") from request "
                + "\(shown.first) on (--from request:N selects another)")
        return shown.first == segments[0].first ? .start : .request(shown.first)
    }

    /// The last segment of a model that --model names, or else of the last model.
    private func chosenSegment(
        _ segments: [ModelSegment], in session: Session
    ) throws -> ModelSegment {
        for folder in self.session.store.model {
            let model = try Model.load(from: URL(filePath: folder))
            session.store.models.add(model)
            if let named = segments.last(where: { $0.model == model.fingerprint.bytes }) {
                return named
            }
        }
        return segments[segments.count - 1]
    }

    private func chosenLayers() throws -> Set<Int>? {
        guard let layers else { return nil }
        let numbers = layers.split(separator: ",", omittingEmptySubsequences: false).map {
            UInt8($0).map(Int.init)
        }
        let known = numbers.compactMap(\.self)
        guard known.count == numbers.count else {
            throw ValidationError(
                "--layers '\(layers)' is not a list of layers; expected one such as 0 or 0,1")
        }
        return Set(known)
    }

    // MARK: Where to write it

    /// Before the work, not after it.
    private func checkOutput() throws(ReportError) {
        guard let output, output != "-" else { return }
        let attributes = try? FileManager.default.attributesOfItem(atPath: output)
        let type = attributes?[.type] as? FileAttributeType
        if type == .typeDirectory { throw .writeFailed(path: output, reason: "it is a folder") }
        guard case .plain(let place, let permissions) = OutputPlace(output) else { return }
        if permissions != nil, !force {
            throw .writeFailed(path: output, reason: "it exists already; --force replaces it")
        }
        let folder = URL(filePath: place).deletingLastPathComponent().path(percentEncoded: false)
        guard FileManager.default.isWritableFile(atPath: folder) || permissions != nil else {
            throw .writeFailed(path: output, reason: "\(folder) does not exist or is not writable")
        }
    }

    private func write(_ trace: SessionTrace) throws {
        let writer = try ReportWriter(trace)
        if let output, output != "-" { return try writer.write(to: output) }
        try writer.write { bytes throws(OutputError) in
            try TextOutput.standardOutput.write(bytes)
        }
    }

    private func say(_ text: String) throws {
        try TextOutput.standardError.write("sluice: \(text)\n")
    }
}
