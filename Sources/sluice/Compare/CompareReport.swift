import Bench
import Model
import PlainText
import Plots
import Terminal
import Training

/// The result of `sluice compare`: a row for each model, a column for each file.
struct CompareReport {
    struct Row {
        let name: String
        let fingerprint: String
        let summary: ModelSummary
        let tokensPerCPUSecond: Double?
        /// By file; nil where the model has no head for it.
        let found: [MeasureSession.Found?]
    }

    let files: [MeasuredFile]
    let rows: [Row]

    // MARK: Text

    var text: String {
        var table = AlignedTable(
            ["model", "network", "parameters", "state bytes", "tokens/CPU s"]
                + files.map { "\($0.shortName) \($0.unit)" })
        for row in rows {
            table.add(
                [
                    row.name, row.summary.config.shortText, row.summary.parameters.grouped,
                    row.summary.stateBytes.grouped,
                    row.tokensPerCPUSecond.map { Int($0.rounded()).grouped } ?? "-",
                ] + row.found.map { $0.map(Self.text) ?? "-" })
        }
        return table.text().escapedForTerminal(keepingLayout: true)
    }

    private static func text(_ found: MeasureSession.Found) -> String {
        switch found {
        case .text(let measure): measure.bitsPerByte.formatted(digits: 4)
        case .sentiment(let measure, _):
            "\((100 * measure.confusion.accuracy).formatted(digits: 1)) ± "
                + (100 * measure.confusion.standardError).formatted(digits: 1)
        }
    }

    // MARK: JSON

    /// A line for each model.
    var json: String {
        rows.map { row in
            var line = JSONLine()
            line.add("model", row.name)
            line.add("fingerprint", row.fingerprint)
            line.add("network", row.summary.config.shortText)
            line.add("cell", row.summary.config.cell.rawValue)
            line.add("layers", row.summary.config.layers)
            line.add("hidden_size", row.summary.config.hiddenSize)
            line.add("parameters", row.summary.parameters)
            line.add("state_bytes", row.summary.stateBytes)
            line.add("tokens_per_cpu_s", row.tokensPerCPUSecond, digits: 0)
            line.add(
                "files",
                json: "[\(zip(files, row.found).map(Self.json).joined(separator: ", "))]")
            return line.description + "\n"
        }.joined()
    }

    private static func json(_ file: MeasuredFile, _ found: MeasureSession.Found?) -> String {
        var line = JSONLine()
        line.add("file", file.name)
        line.add("bytes_per_token", found?.bytesPerToken, digits: 4)
        switch found {
        case .text(let measure):
            line.add("bits_per_byte", measure.bitsPerByte, digits: 6)
            line.add("perplexity", measure.perplexity, digits: 4)
        case .sentiment(let measure, _):
            line.add("accuracy", measure.confusion.accuracy, digits: 6)
            line.add("f1", measure.confusion.f1, digits: 6)
            line.add("calibration_error", measure.calibration.error, digits: 6)
        case nil: break
        }
        return line.description
    }

    // MARK: Charts

    /// For each file, quality against speed in bytes: tokenizers differ in how much text a token is.
    var charts: [any Chart] {
        files.indices.map { index in
            let points = rows.map { row in
                (
                    name: "\(row.name): \(row.summary.config.shortText)",
                    x: row.bytesPerCPUSecond(index) ?? .nan, y: row.value(index) ?? .nan
                )
            }
            let speeds = points.map(\.x).filter(\.isFinite)
            let (slowest, fastest) = (speeds.min() ?? 1, speeds.max() ?? 1)
            return ScatterChart(
                title: files[index].shortName,
                x: Axis(
                    label: "bytes of text per CPU second",
                    scale: fastest > 5 * slowest ? .log : .linear),
                y: Axis(label: files[index].unit), points: points)
        }
    }
}

extension MeasuredFile {
    /// The name of a file's main measure.
    fileprivate var unit: String {
        switch content {
        case .text: "bits/byte"
        case .table: "accuracy %"
        }
    }
}

extension CompareReport.Row {
    fileprivate func bytesPerCPUSecond(_ file: Int) -> Double? {
        tokensPerCPUSecond.flatMap { tokens in found[file].map { tokens * $0.bytesPerToken } }
    }

    fileprivate func value(_ file: Int) -> Double? {
        switch found[file] {
        case .text(let measure): measure.bitsPerByte
        case .sentiment(let measure, _): 100 * measure.confusion.accuracy
        case nil: nil
        }
    }
}
