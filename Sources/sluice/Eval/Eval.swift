import ArgumentParser
import Bench
import Client
import Foundation
import Kernels
import Model
import Terminal
import Training

struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model on plain text and on labelled texts.",
        discussion: """
            A plain text (UTF-8, also compressed with xz) is read as one message of one stream. \
            The measures are bits per byte and perplexity. A table (.tsv or .csv, also compressed \
            with xz) has a header and, in each row, a text and a label. Each text is read in a \
            new stream. The sentiment after its last token gives accuracy, F1 and calibration. \
            The report also shows the accuracy after a part of each text.

              sluice eval book.txt
              sluice eval --model my-model wiki.valid.txt.xz reviews.tsv
              sluice eval --half 1 --limit 2000 reviews.tsv     2,000 texts of one half
              sluice eval --positive '>0.5' --negative '<-0.5' tweets.tsv
              sluice eval --plot reviews.svg reviews.tsv
              sluice eval --json *.tsv | jq '{file, accuracy}'

            Results do not depend on the number of threads. Ctrl-C stops.
            """)

    @Argument(help: "Plain texts and tables of labelled texts.")
    var files: [String]

    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup var options: MeasureOptions

    func run() throws {
        let interruption = try Interruption.ofSignals()
        try measuring {
            try PlotOutput(path: options.plot).draw {
                EvalCharts(reports: try reports(interruption)).charts
            }
        }
    }

    /// Measures file by file, and shows each result at once.
    private func reports(_ interruption: Interruption) throws -> [EvalReport] {
        let files = try MeasuredFile.all(files, options) { interruption.isRequested }
        let kernels = try modelOptions.kernelOptions.kernels()
        let model = try Model.load(from: modelOptions.folder(), inputTable: kernels)
        let session = MeasureSession(
            kernels: kernels, options: options, interruption: interruption)
        return try files.enumerated().map { index, file in
            let found = try session.measure(model, on: file, label: file.name)
            let report = EvalReport(file: file, found: found)
            let folder = model.folder.path(percentEncoded: false)
            try TextOutput.standardOutput.write(
                options.json ? report.json(model: folder) : (index > 0 ? "\n" : "") + report.text)
            return report
        }
    }
}

/// Runs a measurement. Ctrl-C ends it with the exit code of an interruption.
func measuring(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch EvaluationError.interrupted {
        throw ExitCode.interrupted
    } catch is Interrupted {
        throw ExitCode.interrupted
    }
}
