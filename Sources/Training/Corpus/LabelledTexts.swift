/// The labelled texts of a table.
package struct LabelledTexts: Sendable {
    package struct Example: Sendable, Equatable {
        package let text: [UInt8]
        package let isPositive: Bool
        /// In its file, from 1.
        package let line: Int
    }

    /// The columns of texts and labels, and the meaning of the labels. Nil: the usual.
    package struct Options: Sendable, Equatable {
        package var textColumn: String?
        package var labelColumn: String?
        package var rule: LabelRule?
        /// One of two halves of the texts, 0 or 1. A text is always in the same half.
        package var half: Int?
        /// The maximum number of examples, taken evenly from the whole table.
        package var limit: Int?

        package init() {}
    }

    package static let textColumns = ["text", "phrase", "sentence", "review"]
    package static let labelColumns = [
        "label", "label3", "label5", "sentiment", "valence_-4_4", "valence",
    ]

    package let rule: LabelRule
    package let examples: [Example]
    /// Rows of the selected half without text, or with a label that is neither positive nor
    /// negative.
    package let skippedCount: Int

    /// Whether the file name is that of a table: `.tsv` or `.csv`, compressed or not.
    package static func isTable(_ path: String) -> Bool {
        let name = path.lowercased()
        return name.hasSuffix(".tsv") || name.hasSuffix(".tsv.xz") || ColumnTable.isCSV(path)
    }

    /// Rejects a table that is given as plain text: its markup would distort the measurement.
    package static func checkIsProse(_ text: [UInt8], file: String) throws(CorpusError) {
        let name = file.lowercased()
        if [".jsonl", ".ndjson", ".jsonl.xz", ".ndjson.xz"].contains(where: name.hasSuffix) {
            throw .badTable(
                file: file, line: 1, column: nil, found: "JSON lines",
                expected: "plain text, or a table in .tsv or .csv; such as "
                    + "`jq -r '[.text, .label] | @csv'` makes the rows of one")
        }
        let first = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let fields = first.split { "\t,;\r".contains($0) }.map { $0.filter { $0 != "\"" } }
        guard fields.contains(where: textColumns.contains),
            fields.contains(where: labelColumns.contains)
        else { return }
        throw .badTable(
            file: file, line: 1, column: nil,
            found: "a table's header (\(fields.joined(separator: ", ")))",
            expected: "plain text, or a name in .tsv or .csv")
    }

    /// Reads a table. `file` is its name in errors.
    package init(
        _ bytes: [UInt8], file: String, _ options: Options = Options()
    ) throws(CorpusError) {
        let table = try ColumnTable(bytes, file: file)
        let text = try table.column(
            options.textColumn, among: Self.textColumns, for: "texts' column")
        let label = try table.column(
            options.labelColumn, among: Self.labelColumns, for: "labels' column")
        let labels = table.rows.map { String(decoding: $0.fields[label], as: UTF8.self) }
        let rule: LabelRule
        if let given = options.rule {
            rule = given
        } else {
            rule = try Self.rule(for: labels, table, column: label)
        }
        var examples: [Example] = []
        var skippedCount = 0
        for (row, label) in zip(table.rows, labels) {
            if let half = options.half, Self.half(of: row.fields[text]) != half { continue }
            guard let isPositive = rule.isPositive(label), !row.fields[text].isEmpty else {
                skippedCount += 1
                continue
            }
            examples.append(
                Example(text: Array(row.fields[text]), isPositive: isPositive, line: row.line))
        }
        guard !examples.isEmpty else {
            throw .badTable(
                file: file, line: 1, column: table.columns[label],
                found: "no text with such a label", expected: "\(rule)")
        }
        self.rule = rule
        self.examples = Self.evenly(examples, limit: options.limit)
        self.skippedCount = skippedCount
    }

    private static func rule(
        for labels: [String], _ table: ColumnTable, column: Int
    ) throws(CorpusError) -> LabelRule {
        let different = Set(labels)
        if let rule = LabelRule(inferredFrom: different) { return rule }
        let some = different.sorted().prefix(5).joined(separator: ", ")
        let odd = zip(table.rows, labels).first { _, label in
            LabelRule.Pattern.number(label[...]) == nil
        }
        throw .badTable(
            file: table.file, line: odd?.0.line ?? 1, column: table.columns[column],
            found: "labels such as \(some)",
            expected: "numbers of two values or more, positive and negative, or a rule for them")
    }

    private static func evenly(_ examples: [Example], limit: Int?) -> [Example] {
        guard let limit, limit < examples.count else { return examples }
        return (0..<limit).map { examples[$0 * examples.count / limit] }
    }
}

extension LabelledTexts {
    /// 0 or 1, a function of the text alone: other rows do not change it, and equal texts are in
    /// the same half. The parity of the bits of FNV-1a (Fowler, Noll and Vo).
    private static func half(of text: some Sequence<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash.nonzeroBitCount % 2
    }
}
