import ArgumentParser
import Foundation
import Training

/// Options of measuring files, for `eval` and `compare`.
struct MeasureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read only this number of bytes of each plain text.", valueName: "number"))
    var bytes: Int?

    @Option(
        help: ArgumentHelp(
            """
            Parts of a plain text that are read side by side, each after the 256 tokens before it; \
            1 is exact: one stream (default: by the text's length, 128 at most).
            """, valueName: "number"))
    var lanes: Int?

    @Option(
        help: ArgumentHelp(
            "Measure on this number of texts of each table, evenly spread.", valueName: "number"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Only one half of each table's texts, 0 or 1. A text is always in the same half.",
            valueName: "half"))
    var half: Int?

    @Option(
        help: ArgumentHelp(
            "The texts' column (default: \(LabelledTexts.textColumns.joined(separator: ", "))).",
            valueName: "name"))
    var textColumn: String?

    @Option(
        help: ArgumentHelp(
            """
            The labels' column (default: label, or such as label3, sentiment, valence).
            """, valueName: "name"))
    var labelColumn: String?

    @Option(
        help: ArgumentHelp(
            """
            Labels that mean positive, such as 1, positive or '>0.5' (default: by the labels \
            themselves; texts with other labels are skipped).
            """, valueName: "label,..."), transform: parsedLabels)
    var positive: [LabelRule.Pattern] = []

    @Option(
        help: ArgumentHelp(
            "Labels that mean negative, such as 0, negative or '<-0.5'.", valueName: "label,..."),
        transform: parsedLabels)
    var negative: [LabelRule.Pattern] = []

    @Option(name: [.short, .long], help: ArgumentHelp("Compute threads.", valueName: "number"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(
        help: ArgumentHelp(
            "Draw the results into an SVG file; - draws them as text.", valueName: "file"))
    var plot: String?

    @Flag(help: "JSON lines instead of tables.")
    var json = false

    func validate() throws {
        for (name, value) in [("--bytes", bytes), ("--lanes", lanes), ("--limit", limit)] {
            if let value, value < 1 { throw ValidationError("\(name) is at least 1") }
        }
        if let half, !(0...1).contains(half) { throw ValidationError("--half is 0 or 1") }
        guard positive.isEmpty == negative.isEmpty else {
            throw ValidationError("--positive and --negative come together")
        }
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads is from 1 to 1024")
        }
        if json, plot == "-" { throw ValidationError("--json and --plot - exclude each other") }
    }

    var tables: LabelledTexts.Options {
        var options = LabelledTexts.Options()
        options.textColumn = textColumn
        options.labelColumn = labelColumn
        if !positive.isEmpty {
            options.rule = LabelRule(positive: positive, negative: negative)
        }
        options.half = half
        options.limit = limit
        return options
    }
}

private func parsedLabels(_ text: String) throws -> [LabelRule.Pattern] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let pattern = LabelRule.Pattern(String(part)) else {
            throw ValidationError(
                "'\(part)' is not a label; expected one such as 1, positive, '>0.5' or '<-0.5'")
        }
        return pattern
    }
}
