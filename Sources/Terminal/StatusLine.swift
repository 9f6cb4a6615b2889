/// One line under the running text, redrawn in place.
///
/// Drawn without knowing where the cursor is or how wide the screen: the cursor goes down one row
/// (the screen scrolls if it must) and up again, is saved, and restored after the line is written.
/// It must not be behind a line's last column (`LineWrapper`).
package struct StatusLine: Sendable {
    private var isShown = false

    package init() {}

    package mutating func draw(_ text: String) -> String {
        isShown = true
        let makeRow = "\u{1B}D\u{1B}[A"
        let goThere = "\u{1B}7\u{1B}[B\r\u{1B}[2K"
        let withoutWrapping = "\u{1B}[?7l\(text)\u{1B}[?7h"
        return makeRow + goThere + withoutWrapping + "\u{1B}8"
    }

    /// To write before any text that follows a drawn line.
    package mutating func erase() -> String {
        defer { isShown = false }
        return isShown ? "\u{1B}[J" : ""
    }
}
