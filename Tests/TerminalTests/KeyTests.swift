import Terminal
import Testing

/// Keys, the line that they type, and the screen that is drawn from it.
struct KeyTests {
    @Test func bytesAreKeys() {
        var reader = KeyReader()
        func keys(_ text: String) -> [Key] { reader.keys(in: Array(text.utf8)) }
        #expect(keys("np") == [.character("n"), .character("p")])
        #expect(keys("\u{1B}[A\u{1B}OB\u{1B}[C\u{1B}[1;5D") == [.up, .down, .right, .left])
        #expect(
            keys("\u{1B}[H\u{1B}[4~\u{1B}[5~\u{1B}[6~\u{1B}[3~") == [
                .home, .end, .pageUp, .pageDown, .delete,
            ])
        #expect(keys("\u{1B}") == [.escape])
        #expect(keys("\u{3}\r\u{7F}\t") == [.control("c"), .enter, .backspace, .tab])
        #expect(keys("字é") == [.character("字"), .character("é")])
        #expect(keys("\u{1B}[99z") == [])
        // A character whose bytes come one by one.
        #expect(reader.keys(in: [0xC3]) == [] && reader.keys(in: [0xA9]) == [.character("é")])
    }

    private func typed(_ keys: [Key], history: [String] = []) -> (String, LineEditor.Outcome) {
        var editor = LineEditor(history: history)
        var outcome = LineEditor.Outcome.typing
        for key in keys { outcome = editor.press(key) }
        return (editor.text, outcome)
    }

    private func letters(_ text: String) -> [Key] { text.map { .character($0) } }

    @Test func aLineIsEdited() {
        #expect(typed(letters("abc") + [.left, .backspace, .character("X")]).0 == "aXc")
        #expect(typed(letters("abc") + [.home, .delete, .end, .character("d")]).0 == "bcd")
        #expect(typed(letters("one two ") + [.control("w")]).0 == "one ")
        #expect(typed(letters("one") + [.left, .control("u")]).0 == "e")
        #expect(typed(letters("a") + [.enter]) == ("a", .entered))
        #expect(typed(letters("a") + [.escape]).1 == .cancelled)
        #expect(typed(letters("a") + [.backspace, .backspace]).1 == .cancelled)
        #expect(typed([.up, .up], history: ["first", "second"]).0 == "first")
        #expect(typed([.up, .up, .up, .down], history: ["first", "second"]).0 == "second")
        #expect(typed([.up, .down], history: ["first"]).0 == "")
    }

    @Test func theCursorStandsBehindWideCharacters() {
        var editor = LineEditor("字é")
        #expect(editor.cursorColumn == 3)
        _ = editor.press(.left)
        #expect(editor.cursorColumn == 2)
    }

    @Test func onlyChangedLinesAreDrawn() {
        var painter = ScreenPainter()
        let first = painter.paint(["one", "two", "three"])
        #expect(first.contains("one") && first.contains("three"))
        #expect(painter.paint(["one", "two", "three"]) == "\u{1B}[?25l")
        let second = painter.paint(["one", "2", "three"])
        #expect(second.contains("\u{1B}[2;1H\u{1B}[K2") && !second.contains("one"))
        #expect(painter.paint(["one"]).contains("\u{1B}[2;1H\u{1B}[J"))
        painter.forget()
        let again = painter.paint(["one"], cursor: (row: 3, column: 4))
        #expect(again.contains("one") && again.hasSuffix("\u{1B}[4;5H\u{1B}[?25h"))
    }

    @Test func linesEndWhereTheScreenDoes() {
        var line = StyledLine(width: 7, look: .init(depth: .palette, hasAttributes: true))
        line.append("ab", .bold)
        line.append("字\u{1B}[字")
        #expect(line.text == "\u{1B}[1mab\u{1B}[0m字\\u{" && line.columns == 7)
        var plain = StyledLine(width: 9, look: .init(depth: .none, hasAttributes: false))
        plain.append("ab", .reverse)
        plain.pad(to: 4)
        plain.append("x", .tone(.bad))
        #expect(plain.text == "ab  x" && plain.columnsLeft == 4)
    }
}
