import PlainText

/// A table of texts. The first row names the columns. The format is CSV if the file name says so
/// (`CSVFields`), otherwise TSV without quoting. Empty lines are skipped.
struct ColumnTable {
    struct Row {
        /// The number of its first line, from 1; the header has 1.
        let line: Int
        let fields: [ArraySlice<UInt8>]
    }

    let file: String
    let columns: [String]
    let rows: [Row]

    init(_ bytes: [UInt8], file: String) throws(CorpusError) {
        let bytes = bytes.withoutByteOrderMark
        let all =
            Self.isCSV(file) ? try CSVFields.rows(of: bytes, file: file) : Self.tabbedRows(bytes)
        guard let header = all.first, header.line == 1 else {
            throw .badTable(
                file: file, line: 1, column: nil, found: "nothing",
                expected: "the columns' names, with "
                    + "\(Self.isCSV(file) ? "commas" : "tabs") between")
        }
        columns = header.fields.map { String(decoding: $0, as: UTF8.self) }
        rows = Array(all.dropFirst())
        self.file = file
        if let row = rows.first(where: { $0.fields.count != header.fields.count }) {
            throw .badTable(
                file: file, line: row.line, column: nil, found: "\(row.fields.count) fields",
                expected: "\(columns.count), one for each of \(columns.joined(separator: ", "))")
        }
    }

    /// Whether a file of that name, compressed or not, is read as CSV.
    static func isCSV(_ file: String) -> Bool {
        let name = file.lowercased()
        return name.hasSuffix(".csv") || name.hasSuffix(".csv.xz")
    }

    private static func tabbedRows(_ bytes: [UInt8]) -> [Row] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        return lines.enumerated().compactMap { index, line in
            line.isEmpty
                ? nil
                : Row(
                    line: index + 1,
                    fields: line.split(
                        separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false))
        }
    }

    /// The index of the column of that name; without a name, of the first of the usual names that
    /// exists.
    func column(_ name: String?, among usual: [String], for use: String) throws(CorpusError) -> Int
    {
        let wanted = name.map { [$0] } ?? usual
        for name in wanted {
            if let index = columns.firstIndex(of: name) { return index }
        }
        throw .badTable(
            file: file, line: 1, column: nil, found: "columns \(columns.joined(separator: ", "))",
            expected: "the \(use), named \(wanted.joined(separator: " or "))")
    }
}
