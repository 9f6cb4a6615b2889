import Client
import Walk

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

    private func points() throws -> [WalkPoint] {
        let walker = stepper.walker
        let position = stepper.point.position
        let start = (position - min(position, Self.before)) / Self.grid * Self.grid
        var points: [WalkPoint] = []
        for place in max(walker.first, start)...position + Self.after {
            guard let point = try walker.point(at: place) else { break }
            points.append(point)
        }
        return points
    }

    /// The lines of the text, and which of them has this place's token.
    private func wrapped(_ points: [WalkPoint]) throws -> (lines: [String], cursor: Int) {
        var (lines, line, cursor) = ([String](), line(), 0)
        var assembler = UTF8Assembler()
        var previous: WalkPoint?
        for point in points {
            let isHere = point.position == stepper.point.position
            if previous != nil, point.beginsMessage(after: previous), line.columns > 0 {
                lines.append(line.text)
                line = self.line()
            }
            var text = shownText(assembler.append(point.token?.bytes ?? []))
            if isHere { text = marked(text, point) }
            if line.columns > 0, text.escapedForTerminal().columns > line.columnsLeft {
                lines.append(line.text)
                line = self.line()
            }
            line.append(text, isHere && look.hasAttributes ? .reverse : .shade(shade(of: point)))
            if isHere { cursor = lines.count }
            previous = point
        }
        return (lines + [line.text], cursor)
    }

    /// Something to see even of a token that has no whole character, and without attributes.
    private func marked(_ text: String, _ point: WalkPoint) -> String {
        let text = text.isEmpty ? (point.token == nil ? "▏" : "·") : text
        return look.hasAttributes ? text : "⟦\(text)⟧"
    }

    private func shade(of point: WalkPoint) -> Shade {
        Shade(sentiment: point.token?.sentiment?.score, surprisal: point.token?.surprisal)
    }
}
