import ArgumentParser
import Foundation
import Training

/// Options of measuring files, for `eval` and `compare`.
struct MeasureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Number of bytes to read of each plain text (default: all).", valueName: "number"))
    var bytes: Int?

    @Option(
        help: ArgumentHelp(
            """
            Number of parts of a plain text that are read in parallel, each after the 256 tokens \
            before it. 1 is exact: one stream (default: depends on the text's length, at most 128).
            """, valueName: "number"))
    var lanes: Int?

    @Option(
        help: ArgumentHelp(
            "Number of texts to read of each table, evenly spread (default: all).",
            valueName: "number"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Read only one half of each table's texts, 0 or 1. A text is always in the same half.",
            valueName: "half"))
    var half: Int?

    @Option(
        help: ArgumentHelp(
            "Column of the texts (default: \(LabelledTexts.textColumns.joined(separator: ", "))).",
            valueName: "name"))
    var textColumn: String?

    @Option(
        help: ArgumentHelp(
            "Column of the labels (default: \(LabelledTexts.labelColumns.joined(separator: ", "))).",
            valueName: "name"))
    var labelColumn: String?

    @Option(
        help: ArgumentHelp(
            """
            Labels that mean positive, such as 1, positive or '>0.5'. Texts with other labels are \
            skipped (default: inferred from the labels).
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
            throw ValidationError("--positive needs --negative, and the reverse")
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
