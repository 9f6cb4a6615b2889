import Debugger
import Engine
import PlainText
import Terminal

/// The text around a place, its tokens shaded.
extension StepView {
    /// Tokens shown before this one, at least, and after it.
    private static let before: UInt64 = 192
    private static let after: UInt64 = 160
    /// The text begins at a multiple of so many tokens, so that steps do not move it.
    private static let grid: UInt64 = 64

    /// Some rows of text with this place's token among them.
    func text(rows: Int) throws -> [String] {
        let (lines, cursor) = try wrapped(points())
        let first = max(0, min(cursor - (rows - 1) / 2, lines.count - rows))
        var shown = Array(lines[first..<min(lines.count, first + rows)])
        while shown.count < rows { shown.append("") }
        return shown
    }

    private func points() throws -> [SessionPoint] {
        let debugger = stepper.debugger
        let position = stepper.point.position
        let start = (position - min(position, Self.before)) / Self.grid * Self.grid
        var points: [SessionPoint] = []
        for place in max(debugger.first, start)...position + Self.after {
            guard let point = try debugger.point(at: place) else { break }
            points.append(point)
        }
        return points
    }

    /// The lines of the text, and which of them has this place's token.
    private func wrapped(_ points: [SessionPoint]) throws -> (lines: [String], cursor: Int) {
        var flow = TextFlow(width: width, look: look)
        var assembler = UTF8Assembler()
        var previous: SessionPoint?
        for point in points {
            if previous != nil, point.beginsMessage(after: previous) { flow.breakLine() }
            let isHere = point.position == stepper.point.position
            let text = shownText(assembler.append(point.token?.bytes ?? []))
            flow.add(
                isHere ? marked(text, point) : text,
                isHere && look.hasAttributes ? .reverse : .shade(shade(of: point)),
                isHere: isHere)
            previous = point
        }
        return flow.finish()
    }

    /// Something to see even of a token that has no whole character, and without attributes.
    private func marked(_ text: String, _ point: SessionPoint) -> String {
        let text = text.isEmpty ? (point.token == nil ? "▏" : "·") : text
        return look.hasAttributes ? text : "⟦\(text)⟧"
    }

    private func shade(of point: SessionPoint) -> Shade {
        Shade(sentiment: point.token?.sentiment?.score, surprisal: point.token?.surprisal)
    }
}

/// Breaks styled pieces of text into lines between words, which may have several pieces.
private struct TextFlow {
    private struct Piece {
        let text: String
        let style: StyledLine.Style
        let isHere: Bool
    }

    private let width: Int
    private let look: StyledLine.Look
    private var line: StyledLine
    private var word: [Piece] = []
    private var lines: [String] = []
    private var cursor = 0

    init(width: Int, look: StyledLine.Look) {
        self.width = width
        self.look = look
        line = StyledLine(width: width, look: look)
    }

    mutating func add(_ text: String, _ style: StyledLine.Style, isHere: Bool) {
        if text.first == " " || text.first == "⟦" { addWord() }
        word.append(Piece(text: text.escapedForTerminal(), style: style, isHere: isHere))
        if wordColumns > width / 2 { addWord() }
    }

    mutating func breakLine() {
        addWord()
        guard line.columns > 0 else { return }
        lines.append(line.text)
        line = StyledLine(width: width, look: look)
    }

    /// The lines, and which of them has the piece that is here.
    consuming func finish() -> (lines: [String], cursor: Int) {
        addWord()
        return (lines + [line.text], cursor)
    }

    private var wordColumns: Int { word.reduce(0) { $0 + $1.text.columns } }

    private mutating func addWord() {
        let words = word
        if line.columns > 0, wordColumns > line.columnsLeft {
            word = []
            breakLine()
        }
        for (index, piece) in words.enumerated() {
            // A space at the beginning of a line says nothing.
            let isSpace = line.columns == 0 && index == 0 && piece.text.count > 1
            var text = isSpace && piece.text.first == " " ? piece.text.dropFirst() : piece.text[...]
            while text.columns > line.columnsLeft {
                let part = text.prefix(line.columnsLeft)
                line.append(String(part), piece.style)
                text = text.dropFirst(part.count)
                lines.append(line.text)
                line = StyledLine(width: width, look: look)
            }
            line.append(String(text), piece.style)
            if piece.isHere { cursor = lines.count }
        }
        word = []
    }
}
