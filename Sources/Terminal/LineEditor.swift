/// One line that is being typed.
package struct LineEditor: Sendable {
    package enum Outcome: Equatable, Sendable {
        case typing, entered, cancelled
    }

    private var characters: [Character]
    /// Before which of them the cursor is.
    private var cursor: Int
    /// Lines that were entered before; up and down go through them.
    private let history: [String]
    private var shown: Int

    package init(_ text: String = "", history: [String] = []) {
        characters = Array(text)
        cursor = characters.count
        self.history = history
        shown = history.count
    }

    package var text: String { String(characters) }
    /// Columns before the cursor.
    package var cursorColumn: Int { String(characters[..<cursor]).columns }

    package mutating func press(_ key: Key) -> Outcome {
        switch key {
        case .enter: return .entered
        case .escape, .control("c"), .control("g"): return .cancelled
        case .backspace where characters.isEmpty: return .cancelled
        case .backspace where cursor > 0:
            cursor -= 1
            characters.remove(at: cursor)
        case .delete where cursor < characters.count: characters.remove(at: cursor)
        case .character(let character):
            characters.insert(character, at: cursor)
            cursor += 1
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .control("u"):
            characters.removeFirst(cursor)
            cursor = 0
        case .control("w"): deleteWord()
        case .up: show(shown - 1)
        case .down: show(shown + 1)
        default: break
        }
        return .typing
    }

    private mutating func deleteWord() {
        while cursor > 0, characters[cursor - 1] == " " { removeBeforeCursor() }
        while cursor > 0, characters[cursor - 1] != " " { removeBeforeCursor() }
    }

    private mutating func removeBeforeCursor() {
        cursor -= 1
        characters.remove(at: cursor)
    }

    private mutating func show(_ index: Int) {
        guard (0...history.count).contains(index) else { return }
        shown = index
        characters = index < history.count ? Array(history[index]) : []
        cursor = characters.count
    }
}
