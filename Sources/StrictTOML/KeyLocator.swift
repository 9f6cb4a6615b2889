/// Finds the positions of keys in a TOML document. The parser gives positions only for syntax
/// errors.
///
/// It reads headings and the beginnings of lines. For a key in an inline table or a multi-line
/// array it finds the line of the enclosing key.
package struct KeyLocator {
    private var positions: [String: TextPosition] = [:]
    /// The number of tables in each array of tables so far.
    private var tableCounts: [String: Int] = [:]

    package init(_ document: String) {
        var section = ""
        for (index, line) in document.split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            let text = line.drop { $0 == " " || $0 == "\t" }
            let position = TextPosition(line: index + 1, column: line.count - text.count + 1)
            if let heading = Self.heading(text) {
                section = path(of: heading.keys, isArrayElement: heading.isArrayElement)
                positions[section] = position
            } else if let equals = text.firstIndex(of: "="), let keys = Self.keys(text[..<equals]) {
                let key = ([section] + keys).filter { !$0.isEmpty }.joined(separator: ".")
                positions[key] = position
            }
        }
    }

    package func located(_ problem: ConfigurationError.Problem) -> ConfigurationError.Problem {
        guard problem.position == nil, problem.source == nil else { return problem }
        var located = problem
        located.position = position(of: problem.key[...])
        return located
    }

    /// The position of the key, or of the nearest enclosing key.
    private func position(of key: Substring) -> TextPosition? {
        if let position = positions[String(key)] { return position }
        guard let end = key.lastIndex(where: { $0 == "." || $0 == "[" }) else { return nil }
        return position(of: key[..<end])
    }

    /// `input.socket` is `input[1].socket` after the second `[[input]]`.
    private mutating func path(of keys: [String], isArrayElement: Bool) -> String {
        var path = ""
        for (index, key) in keys.enumerated() {
            path += path.isEmpty ? key : ".\(key)"
            if isArrayElement, index == keys.count - 1 { tableCounts[path, default: 0] += 1 }
            if let count = tableCounts[path] { path += "[\(count - 1)]" }
        }
        return path
    }

    private static func heading(_ line: Substring) -> (keys: [String], isArrayElement: Bool)? {
        guard line.first == "[", let end = line.firstIndex(of: "]") else { return nil }
        let isArrayElement = line.hasPrefix("[[")
        let start = line.index(line.startIndex, offsetBy: isArrayElement ? 2 : 1)
        guard start <= end else { return nil }
        return keys(line[start..<end]).map { ($0, isArrayElement) }
    }

    /// Nil if the text is not a dotted key.
    private static func keys(_ text: Substring) -> [String]? {
        let keys = text.split(separator: ".").map { part in
            String(part.filter { $0 != " " && $0 != "\t" && $0 != "\"" && $0 != "'" })
        }
        let isKey = keys.allSatisfy { key in
            !key.isEmpty && key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        }
        return keys.isEmpty || !isKey ? nil : keys
    }
}
