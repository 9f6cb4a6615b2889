/// Breaks running text into lines before the terminal would.
///
/// A terminal that has filled a line's last column is in a state of its own ("pending wrap") that
/// moving the cursor to a status line and back would lose; so no text reaches that column.
package struct LineWrapper: Sendable {
    /// Of the terminal; nil for no breaks.
    package var columns: Int?
    /// Columns of the present line that are taken.
    package private(set) var column = 0

    package init() {}

    package var isAtLineStart: Bool { column == 0 }

    package mutating func startLine() { column = 0 }

    /// The text with line feeds put in. A text that does not fit begins a new line, and is broken
    /// itself only if it is longer than that.
    package mutating func wrap(_ text: String) -> String {
        var result = ""
        for (index, line) in text.split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            if index > 0 { breakLine(&result) }
            wrap(line: line, into: &result)
        }
        return result
    }

    private mutating func wrap(line: Substring, into result: inout String) {
        var line = line
        if !fits(line.columns), column > 0 {
            breakLine(&result)
            if line.first == " " { line.removeFirst() }
        }
        for character in line {
            if !fits(character.columns), column > 0 { breakLine(&result) }
            result.append(character)
            column += character.columns
        }
    }

    private func fits(_ count: Int) -> Bool {
        columns.map { column + count < $0 } ?? true
    }

    private mutating func breakLine(_ result: inout String) {
        result += "\n"
        column = 0
    }
}
