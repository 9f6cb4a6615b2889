/// Reads comma-separated values by RFC 4180. A field in double quotes may contain commas, line
/// ends, and doubled quotes. If the header has semicolons or tabs and no comma, those separate the
/// fields.
struct CSVFields {
    private let bytes: [UInt8]
    private let file: String
    private let separator: UInt8
    private var index = 0
    private var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")

    /// The rows and the numbers of their first lines. Empty lines are skipped.
    static func rows(of bytes: [UInt8], file: String) throws(CorpusError) -> [ColumnTable.Row] {
        var reader = CSVFields(bytes: bytes, file: file, separator: separator(of: bytes))
        var rows: [ColumnTable.Row] = []
        while let row = try reader.nextRow() {
            let isEmpty = row.fields.count == 1 && row.fields[0].isEmpty
            if !isEmpty { rows.append(row) }
        }
        return rows
    }

    private static func separator(of bytes: [UInt8]) -> UInt8 {
        let header = bytes.prefix { $0 != newline }
        let others = [UInt8(ascii: ";"), UInt8(ascii: "\t")]
        let comma = UInt8(ascii: ",")
        guard !header.contains(comma) else { return comma }
        return others.first { header.contains($0) } ?? comma
    }

    private mutating func nextRow() throws(CorpusError) -> ColumnTable.Row? {
        guard index < bytes.count else { return nil }
        let first = line
        var fields = [try nextField()]
        while index < bytes.count, bytes[index] == separator {
            index += 1
            fields.append(try nextField())
        }
        if index < bytes.count {
            index += 1
            line += 1
        }
        return ColumnTable.Row(line: first, fields: fields)
    }

    /// The bytes up to a separator, a line end or the end of the file, which is not consumed.
    private mutating func nextField() throws(CorpusError) -> ArraySlice<UInt8> {
        guard index < bytes.count, bytes[index] == Self.quote else {
            let field = bytes[index...].prefix { $0 != separator && $0 != Self.newline }
            index = field.endIndex
            let endsLine = index == bytes.count || bytes[index] == Self.newline
            return endsLine && field.last == UInt8(ascii: "\r") ? field.dropLast() : field
        }
        return try nextQuotedField()
    }

    private mutating func nextQuotedField() throws(CorpusError) -> ArraySlice<UInt8> {
        let first = line
        var field: [UInt8] = []
        index += 1
        while true {
            let part = bytes[index...].prefix { $0 != Self.quote }
            field += part
            line += part.count { $0 == Self.newline }
            index = part.endIndex + 1
            guard index <= bytes.count else {
                throw problem(first, "a quote that is not closed", "another one after the field")
            }
            guard index < bytes.count, bytes[index] == Self.quote else { break }
            field.append(Self.quote)
            index += 1
        }
        if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\r"),
            bytes[index + 1] == Self.newline
        {
            index += 1
        }
        guard index == bytes.count || bytes[index] == separator || bytes[index] == Self.newline
        else { throw problem(line, "text behind a closing quote", "a separator or the line's end") }
        return field[...]
    }

    private func problem(_ line: Int, _ found: String, _ expected: String) -> CorpusError {
        .badTable(file: file, line: line, column: nil, found: found, expected: expected)
    }
}
