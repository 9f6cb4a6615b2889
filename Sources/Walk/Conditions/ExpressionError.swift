/// What is wrong with an expression, and where.
package struct ExpressionError: Error, Equatable, CustomStringConvertible {
    package let expression: String
    /// Of the character that is wrong, from 1.
    package let column: Int
    package let message: String

    package init(_ expression: String, column: Int, _ message: String) {
        self.expression = expression
        self.column = column
        self.message = message
    }

    /// Where and what, the expression, and a mark under the column.
    package var description: String {
        let mark = String(repeating: " ", count: column - 1) + "^"
        return "column \(column): \(message)\n  \(expression)\n  \(mark)"
    }
}
