import Bench
import Training

extension EvalReport {
    /// One JSON object on a line.
    func json(model: String) -> String {
        var line = JSONLine()
        line.add("model", model)
        line.add("file", file.name)
        switch found {
        case .text(let measure): Self.add(measure, to: &line)
        case .sentiment(let measure, let table): Self.add(measure, table, to: &line)
        }
        return line.description + "\n"
    }

    private static func add(_ measure: TextMeasure, to line: inout JSONLine) {
        line.add("kind", "text")
        line.add("bits_per_byte", measure.bitsPerByte, digits: 6)
        line.add("bits_per_token", measure.bitsPerToken, digits: 6)
        line.add("perplexity", measure.perplexity, digits: 4)
        line.add("tokens", measure.tokens)
        line.add("bytes", measure.bytes)
        line.add("bytes_per_token", measure.bytesPerToken, digits: 4)
        line.add("lanes", measure.lanes)
    }

    private static func add(
        _ measure: SentimentMeasure, _ table: LabelledTexts, to line: inout JSONLine
    ) {
        let (confusion, calibration) = (measure.confusion, measure.calibration)
        line.add("kind", "sentiment")
        line.add("rule", table.rule.description)
        line.add("texts", confusion.count)
        line.add("skipped", table.skippedCount)
        line.add("tokens", measure.tokens)
        line.add("accuracy", confusion.accuracy, digits: 6)
        line.add("accuracy_standard_error", confusion.standardError, digits: 6)
        line.add("majority", confusion.majority, digits: 6)
        line.add("true_positives", confusion.truePositives)
        line.add("false_positives", confusion.falsePositives)
        line.add("true_negatives", confusion.trueNegatives)
        line.add("false_negatives", confusion.falseNegatives)
        line.add("precision", confusion.precision, digits: 6)
        line.add("recall", confusion.recall, digits: 6)
        line.add("f1", confusion.f1, digits: 6)
        line.add("calibration_error", calibration.error, digits: 6)
        line.add("log_loss_bits", calibration.logLoss, digits: 6)
        line.add("brier_score", calibration.brierScore, digits: 6)
        line.add("bins", json: array(calibration.bins.map(json)))
        line.add(
            "accuracy_by_quarters",
            json: array(measure.byQuarters.map { $0.accuracy.formatted(digits: 6) }))
        line.add(
            "accuracy_by_tokens",
            json: array(measure.byTokens.map { json(tokens: $0.tokens, $0.prefix) }))
    }

    private static func json(_ bin: Calibration.Bin) -> String {
        var line = JSONLine()
        line.add("from", bin.range.lowerBound, digits: 1)
        line.add("to", bin.range.upperBound, digits: 1)
        line.add("texts", bin.count)
        line.add("mean_probability", bin.meanProbability, digits: 6)
        line.add("positive", bin.positivePart, digits: 6)
        return line.description
    }

    private static func json(tokens: Int, _ prefix: SentimentMeasure.Prefix) -> String {
        var line = JSONLine()
        line.add("tokens", tokens)
        line.add("accuracy", prefix.accuracy, digits: 6)
        line.add("longer_texts", prefix.longerCount)
        return line.description
    }

    private static func array(_ values: [String]) -> String {
        "[\(values.joined(separator: ", "))]"
    }
}
