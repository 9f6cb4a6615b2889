import TOMLKit

extension ConfigurationValue {
    /// Reads a TOML document.
    ///
    /// - Throws: `ConfigurationError.Problem` with the position of the first error, including
    ///   duplicate keys.
    package static func parse(_ document: String) throws(ConfigurationError.Problem)
        -> ConfigurationValue
    {
        // TOMLKit would silently ignore everything after a NUL.
        if let position = position(of: "\0", in: document) {
            throw ConfigurationError.Problem("", "found a NUL character", position: position)
        }
        try NestingScanner.check(document)
        do {
            return .table(entries(of: try TOMLTable(string: document)))
        } catch let error as TOMLParseError {
            let begin = error.source.begin
            throw ConfigurationError.Problem(
                "", error.description,
                position: TextPosition(line: begin.line, column: begin.column))
        } catch {
            throw ConfigurationError.Problem("", "\(error)")
        }
    }

    private static func entries(of table: TOMLTable) -> [Entry] {
        table.keys.compactMap { key in
            table[key].map { Entry(key: key, value: value(of: $0)) }
        }
    }

    private static func value(of node: any TOMLValueConvertible) -> ConfigurationValue {
        switch node.type {
        case .table: node.table.map { .table(entries(of: $0)) } ?? .other("a table")
        case .array: node.array.map { .list($0.map { value(of: $0) }) } ?? .other("an array")
        case .string: node.string.map { .text($0) } ?? .other("a string")
        case .int: node.int.map { .integer($0) } ?? .other("an integer")
        case .bool: node.bool.map { .flag($0) } ?? .other("a boolean")
        case .double: node.double.map { .number($0) } ?? .other("a number")
        case .date: .other("a date")
        case .time: .other("a time")
        case .dateTime: .other("a date and time")
        }
    }

    private static func position(of character: Character, in document: String) -> TextPosition? {
        guard let index = document.firstIndex(of: character) else { return nil }
        let before = document[..<index].split(separator: "\n", omittingEmptySubsequences: false)
        return TextPosition(line: before.count, column: (before.last?.count ?? 0) + 1)
    }
}
