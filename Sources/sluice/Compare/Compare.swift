import ArgumentParser
import Bench
import Client
import Foundation
import Kernels
import Model
import Terminal
import Training

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare models: size, speed, and quality on the same files.",
        discussion: """
            Is a GRU, with a quarter fewer weights and half the state, as good as an LSTM?

              sluice compare models/lstm models/gru
              sluice compare models/lstm models/gru --on wiki.valid.txt.xz reviews.tsv
              sluice compare models/* --on book.txt --plot models.svg --json

            Tokens per second are measured with one thread, in CPU time, at 64 streams, with all that \
            the engine computes. The models take turns; the median over the turns is shown. Files \
            are measured as by `sluice eval`: bits per byte of a plain text, accuracy on a table of \
            labelled texts.
            """)

    @Argument(help: "The models' folders.")
    var models: [String]

    @Option(
        name: .customLong("on"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Plain texts and tables of labelled texts.", valueName: "file"))
    var files: [String] = []

    @Option(help: ArgumentHelp("Streams in a timed step.", valueName: "number"))
    var batch = 64

    @Option(
        help: ArgumentHelp("How long to time each model; 0 for no timing.", valueName: "seconds"))
    var seconds = 3.0

    @OptionGroup var kernelOptions: KernelOptions
    @OptionGroup var options: MeasureOptions

    func validate() throws {
        guard (1...4096).contains(batch) else {
            throw ValidationError("--batch is from 1 to 4096")
        }
        guard (0...3600).contains(seconds) else {
            throw ValidationError("--seconds is from 0 to 3600")
        }
        if options.plot != nil, files.isEmpty || seconds == 0 {
            throw ValidationError("--plot needs files to compare the models --on, and --seconds")
        }
    }

    func run() throws {
        let interruption = try Interruption.ofSignals()
        try measuring {
            try PlotOutput(path: options.plot).draw {
                let report = try report(interruption)
                try TextOutput.standardOutput.write(options.json ? report.json : report.text)
                return report.charts
            }
        }
    }

    private func report(_ interruption: Interruption) throws -> CompareReport {
        let files = try MeasuredFile.all(files, options) { interruption.isRequested }
        let kernels = try kernelOptions.kernels()
        let loaded = try models.map {
            try Model.load(from: URL(filePath: $0), inputTable: kernels)
        }
        let speeds = try speeds(loaded, kernels, interruption)
        let session = MeasureSession(
            kernels: kernels, options: options, interruption: interruption)
        var rows: [CompareReport.Row] = []
        for (index, model) in loaded.enumerated() {
            let found = try files.map { file in
                try Self.canMeasure(model, file)
                    ? session.measure(
                        model, on: file, label: "\(names[index]), \(file.name)") : nil
            }
            rows.append(
                .init(
                    name: names[index], fingerprint: model.fingerprint.hex,
                    summary: ModelSummary(model.network), tokensPerCPUSecond: speeds[index],
                    found: found))
        }
        return CompareReport(files: files, rows: rows)
    }

    /// Empty where a model has no head for the file.
    private static func canMeasure(_ model: Model, _ file: MeasuredFile) -> Bool {
        switch file.content {
        case .text: TextEvaluation.canMeasure(model.config)
        case .table: SentimentEvaluation.canMeasure(model.config)
        }
    }

    /// Nil for a model that cannot advance a stream.
    private func speeds(
        _ models: [Model], _ kernels: Kernels, _ interruption: Interruption
    ) throws -> [Double?] {
        let timed = models.indices.filter { !models[$0].config.bidirectional && seconds > 0 }
        let comparison = try SpeedComparison(
            timed.map { models[$0].network }, kernels: kernels, batch: batch)
        let found =
            timed.isEmpty
            ? [] : try comparison.tokensPerCPUSecond(seconds: seconds, interruption)
        var speeds: [Double?] = models.map { _ in nil }
        for (index, speed) in zip(timed, found) { speeds[index] = speed }
        return speeds
    }

    private var names: [String] { ModelName.all(models.map { URL(filePath: $0) }) }
}
