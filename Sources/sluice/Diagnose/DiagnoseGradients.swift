import ArgumentParser
import Model
import Terminal
import Training

struct DiagnoseGradients: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gradients",
        abstract: "Show the gradient through time, by cell and recurrent scale.",
        discussion: """
            Measures untrained networks of one layer on random tokens. The recurrent weights of \
            each gate are a random rotation times a scale; at scale 1, only the slope of tanh \
            reduces the gradient of an RNN. The table shows the norm of dL/dh at step t - k \
            relative to lag 0, where L is the loss after step t. For an LSTM it is the norm of \
            dL/dh and dL/dc together. At the longest lag, below a thousandth is vanishing, above \
            ten is exploding. Clipping scales the gradient of all parameters to a global norm. \
            That bounds exploding gradients, and does not recover vanished ones.

              sluice diagnose gradients
              sluice diagnose gradients --scales 0.5,1,2 --lags 200 --plot flow.svg
            """)

    @Option(help: ArgumentHelp("Cells to compare.", valueName: "cell,..."))
    var cells = CommaSeparated(DiagnosedCell.usual)

    @Option(help: ArgumentHelp("Recurrent scales.", valueName: "number,..."))
    var scales = CommaSeparated([0.5, 1, 2])

    @Option(help: ArgumentHelp("Longest lag.", valueName: "steps")) var lags = 100

    @Option(help: ArgumentHelp("Units of the layer.", valueName: "number")) var hiddenSize = 64

    @Option(help: ArgumentHelp("Bias of an LSTM's forget gate.", valueName: "number"))
    var forgetBias = 1.0

    @Option(help: ArgumentHelp("Global norm to clip to.", valueName: "number")) var clip = 1.0

    @Option(help: ArgumentHelp("Seed of the random weights and tokens.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Draw the curves into an SVG file.", valueName: "file"))
    var plot: String?

    @Flag(help: "JSON lines instead of tables.") var json = false

    func validate() throws {
        guard (1...5000).contains(lags) else {
            throw ValidationError("--lags \(lags): expected 1 to 5000")
        }
        guard (1...1024).contains(hiddenSize) else {
            throw ValidationError("--hidden-size \(hiddenSize): expected 1 to 1024")
        }
        guard forgetBias.isFinite, abs(forgetBias) <= 100 else {
            throw ValidationError("--forget-bias is from -100 to 100")
        }
        guard clip > 0, scales.values.allSatisfy({ $0 > 0 && $0 <= 100 }) else {
            throw ValidationError(
                "--clip and --scales: expected numbers above 0 (scales up to 100)")
        }
        if json, plot == "-" { throw ValidationError("--json and --plot - exclude each other") }
    }

    func run() throws {
        try FlowOutput(clip: clip, json: json, plot: plot).write { flows() }
    }

    private func flows() -> [NamedFlow] {
        let progress = ProgressLine(firstPause: .zero)
        defer { progress.clear() }
        return scales.values.flatMap { scale in
            cells.values.map { cell in
                progress.show("scale \(scale), \(cell.cell.name): back through \(lags) steps")
                let flow = GradientFlow.untrained(
                    cell: cell.cell, hiddenSize: hiddenSize, recurrentScale: scale,
                    forgetBias: forgetBias, lags: lags, seed: seed)
                return NamedFlow(group: "scale \(scale)", name: cell.cell.name, flow: flow)
            }
        }
    }
}
