import ArgumentParser
import Bench
import DefaultModel
import Foundation
import Model
import Terminal
import Tokenizer
import Training

struct DiagnoseModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Show the gradient through time and the saturation of gates in a trained model.",
        discussion: """
            Reads the text in up to 16 pieces. "closed" and "open" are the parts of a gate's \
            values below 0.1 and above 0.9; for tanh below -0.8 and above 0.8; a ReLU is closed \
            at 0 and never open. "always" counts the units for which this holds at nine tokens \
            out of ten. A unit remembers if its forget gate is mostly open. A ReLU that is always \
            closed is dead.

              sluice diagnose model
              sluice diagnose model my-model --text book.txt --lags 200 --plot flow.svg
            """)

    @Argument(help: "The model's folder (default: the shipped model).")
    var model: String?

    @Option(help: ArgumentHelp("Text to read (default: a page of a novel).", valueName: "file"))
    var text: String?

    @Option(help: ArgumentHelp("Longest lag.", valueName: "steps")) var lags = 100

    @Option(help: ArgumentHelp("Global norm to clip to.", valueName: "number")) var clip = 1.0

    @Option(help: ArgumentHelp("Draw the curves into an SVG file.", valueName: "file"))
    var plot: String?

    @Flag(help: "JSON lines instead of tables.") var json = false

    func validate() throws {
        guard (1...5000).contains(lags), clip > 0 else {
            throw ValidationError("--lags: expected 1 to 5000; --clip: expected a number above 0")
        }
        if json, plot == "-" { throw ValidationError("--json and --plot - exclude each other") }
    }

    func run() throws {
        let folder = try model.map { URL(filePath: $0) } ?? DefaultModel.folder
        let model = try Model.load(from: folder)
        let bytes = try text.map { try TextFile.utf8(of: $0) } ?? Array(BenchText.builtIn.utf8)
        let tokens = model.tokenizer.encode(bytes)
        var saturation = ""
        try FlowOutput(clip: clip, json: json, plot: plot).write {
            let found = try flow(of: model, tokens)
            saturation = json ? lines(found.saturation) : "\n" + table(found)
            return found.flows.enumerated().map { layer, flow in
                NamedFlow(
                    group: json ? model.name : "\(model.name) (\(model.config.shortText))",
                    name: "layer \(layer)", flow: flow)
            }
        }
        try TextOutput.standardOutput.write(saturation)
    }

    private func flow(of model: Model, _ tokens: [Int32]) throws -> TrainedFlow {
        let progress = ProgressLine(firstPause: .zero)
        defer { progress.clear() }
        return try TrainedFlow(
            model, tokens: tokens, of: text ?? "the built-in text", lags: lags
        ) { pieces, steps in
            progress.show("back through \(pieces) pieces of \(steps) tokens")
        }
    }

    private func table(_ found: TrainedFlow) -> String {
        let table = TextTable([
            "gate              ", "closed", "  open", "always closed", "always open",
        ])
        let rows = found.saturation.map { gate in
            table.row(
                ["layer \(gate.layer) \(gate.gate)"]
                    + [gate.closed, gate.open, gate.alwaysClosed, gate.alwaysOpen].map {
                        String(format: "%.1f%%", 100 * $0)
                    })
        }
        return "Saturated gates, over \(found.pieces) pieces of \(found.steps) tokens.\n\n"
            + ([table.header] + rows).joined(separator: "\n") + "\n"
    }

    private func lines(_ saturation: [GateSaturation]) -> String {
        saturation.map { gate in
            """
            {"layer":\(gate.layer),"gate":"\(gate.gate)","closed":\(gate.closed),\
            "open":\(gate.open),"always_closed":\(gate.alwaysClosed),\
            "always_open":\(gate.alwaysOpen)}

            """
        }.joined()
    }
}
