/// Draws a screen of lines; of one that was drawn before, only the lines that have changed.
package struct ScreenPainter: Sendable {
    private var shown: [String] = []

    package init() {}

    /// What to write so that the screen shows these lines, each of which fits it.
    ///
    /// - Parameter cursor: where to show it, from 0; nil for nowhere.
    package mutating func paint(
        _ lines: [String], cursor: (row: Int, column: Int)? = nil
    ) -> String {
        var changes = ""
        for (row, line) in lines.enumerated() where row >= shown.count || shown[row] != line {
            changes += "\u{1B}[\(row + 1);1H\u{1B}[K\(line)\u{1B}[0m"
        }
        if shown.count > lines.count { changes += "\u{1B}[\(lines.count + 1);1H\u{1B}[J" }
        shown = lines
        // Terminals that know it (mode 2026) show all of it at once.
        if !changes.isEmpty { changes = "\u{1B}[?2026h\u{1B}[?25l\(changes)\u{1B}[?2026l" }
        guard let cursor else { return changes + "\u{1B}[?25l" }
        return changes + "\u{1B}[\(cursor.row + 1);\(cursor.column + 1)H\u{1B}[?25h"
    }

    /// The screen shows something else now: all of it is to be drawn.
    package mutating func forget() { shown = [] }
}
