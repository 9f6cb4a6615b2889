/// A table of texts: tab-separated values (TSV), the first line naming the columns. Nothing is
/// quoted; an empty line is no row.
struct TSVTable {
    struct Row {
        /// From 1; the header's is 1.
        let line: Int
        let fields: [ArraySlice<UInt8>]
    }

    let file: String
    let columns: [String]
    let rows: [Row]

    init(_ bytes: [UInt8], file: String) throws(CorpusError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        guard let header = lines.first, !header.isEmpty else {
            throw .badTable(
                file: file, line: 1, column: nil, found: "nothing",
                expected: "the columns' names, with tabs between")
        }
        columns = Self.fields(header).map { String(decoding: $0, as: UTF8.self) }
        self.file = file
        var rows: [Row] = []
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let row = Row(line: index + 1, fields: Self.fields(line))
            guard row.fields.count == columns.count else {
                throw .badTable(
                    file: file, line: row.line, column: nil, found: "\(row.fields.count) fields",
                    expected: "\(columns.count), one for each of \(columns.joined(separator: ", "))"
                )
            }
            rows.append(row)
        }
        self.rows = rows
    }

    private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    }

    /// The place of the column of that name, or without one of the first of these names.
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
