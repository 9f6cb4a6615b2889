import Bench
import Model
import PlainText
import Terminal
import Training

/// The report of `sluice eval` on a file.
struct EvalReport {
    let file: MeasuredFile
    let found: MeasureSession.Found

    var text: String {
        let text =
            switch found {
            case .text(let measure): text(of: measure)
            case .sentiment(let measure, let table): text(of: measure, table)
            }
        return text.escapedForTerminal(keepingLayout: true)
    }

    // MARK: Plain text

    private func text(of measure: TextMeasure) -> String {
        var text = """
            \(file.name)
              bits per byte    \(measure.bitsPerByte.formatted(digits: 4))
              bits per token   \(measure.bitsPerToken.formatted(digits: 3))
              perplexity       \(measure.perplexity.formatted(digits: 2)) per token
              tokens           \(measure.tokens.grouped), \
            of \(measure.bytesPerToken.formatted(digits: 2)) bytes

            """
        if measure.lanes > 1 {
            text += """
                  read as          \(measure.lanes) parts in parallel, each after the 256 tokens \
                before it; --lanes 1 reads one stream

                """
        }
        return text
    }

    // MARK: Labelled texts

    private func text(of measure: SentimentMeasure, _ table: LabelledTexts) -> String {
        let (confusion, calibration) = (measure.confusion, measure.calibration)
        return """
            \(file.name)
              texts            \(confusion.count.grouped), \(measure.tokens.grouped) tokens \
            (\(table.rule); \(table.skippedCount.grouped) rows skipped)
              accuracy         \(percent(confusion.accuracy)) ± \
            \(percent(confusion.standardError)); majority class: \
            \(percent(confusion.majority))
              F1               \(confusion.f1.formatted(digits: 3)), precision \
            \(confusion.precision.formatted(digits: 3)), recall \
            \(confusion.recall.formatted(digits: 3))
              calibration      error \(percent(calibration.error)), log loss \
            \(calibration.logLoss.formatted(digits: 3)) bits, Brier score \
            \(calibration.brierScore.formatted(digits: 3))

            \(bins(calibration))
            \(quarters(measure))
            \(tokens(measure))
            """
    }

    private func bins(_ calibration: Calibration) -> String {
        var table = AlignedTable(["P(positive)", "texts", "mean P", "positive"])
        for bin in calibration.bins {
            let (lower, upper) = (bin.range.lowerBound, bin.range.upperBound)
            table.add([
                "\(lower.formatted(digits: 1)) to \(upper.formatted(digits: 1))",
                bin.count.grouped, bin.meanProbability.map(percent) ?? "",
                bin.positivePart.map(percent) ?? "",
            ])
        }
        return table.text(indent: "  ")
    }

    private func quarters(_ measure: SentimentMeasure) -> String {
        var table = AlignedTable(["part read", "accuracy"])
        for (name, prefix) in zip(["1/4", "1/2", "3/4", "whole"], measure.byQuarters) {
            table.add([name, percent(prefix.accuracy)])
        }
        return table.text(indent: "  ")
    }

    private func tokens(_ measure: SentimentMeasure) -> String {
        var table = AlignedTable(["tokens read", "accuracy", "longer texts"])
        for (tokens, prefix) in measure.byTokens {
            table.add(["\(tokens)", percent(prefix.accuracy), prefix.longerCount.grouped])
        }
        return table.text(indent: "  ")
    }

    private func percent(_ part: Double) -> String { "\((100 * part).formatted(digits: 1))%" }
}
