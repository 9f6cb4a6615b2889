/// An error in an expression, with its place.
package struct ExpressionError: Error, Equatable, CustomStringConvertible {
    package let expression: String
    /// The column of the wrong character, counted from 1.
    package let column: Int
    package let message: String

    package init(_ expression: String, column: Int, _ message: String) {
        self.expression = expression
        self.column = column
        self.message = message
    }

    /// The number of characters that are shown on each side of the column.
    private static let shown = 60

    /// The column and the message, then the expression with a mark under the column.
    package var description: String {
        let characters = Array(expression)
        let start = max(0, column - 1 - Self.shown)
        let end = min(characters.count, column + Self.shown)
        let before = start > 0 ? "…" : ""
        let after = end < characters.count ? "…" : ""
        let part = before + String(characters[start..<max(start, end)]) + after
        let mark = String(repeating: " ", count: column - 1 - start + before.count) + "^"
        return "column \(column): \(message)\n  \(part)\n  \(mark)"
    }
}
