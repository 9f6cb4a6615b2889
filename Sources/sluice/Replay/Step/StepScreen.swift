import Debugger
import Terminal

/// What `replay step` has on its screen: parts of a place, as many as there is room for.
struct StepScreen {
    var view: StepView
    let size: TerminalSize
    /// What there is to say about the last command.
    var said: [String] = []
    /// A line that is being typed: the text before it, and its own text.
    var prompt: (sign: String, text: String)?
    /// The first row of the help that is shown; nil where none is.
    var helpStart: Int?

    static let smallest = TerminalSize(columns: 40, rows: 12)

    func lines() throws -> [String] {
        guard size.columns >= Self.smallest.columns, size.rows >= Self.smallest.rows else {
            return ["the terminal is too small"].map { String($0.prefix(size.columns)) }
        }
        let bottom = notes + [status]
        let room = size.rows - bottom.count
        var body = try helpStart.map { fit(Array(help.dropFirst($0))) } ?? parts(rows: room)
        body = Array(body.prefix(room))
        while body.count < room { body.append("") }
        return body + bottom
    }

    private var help: [String] { StepHelp.lines(columns: size.columns) }

    /// The row with which the help's next screen begins; nil after the last.
    var nextHelpStart: Int? {
        guard let helpStart else { return nil }
        let next = helpStart + max(1, size.rows - notes.count - 1)
        return next < help.count ? next : nil
    }

    private static let fewestTextRows = 3

    /// The text takes what the other parts leave, and three rows at least. In a low terminal
    /// candidates and then requests make way for the state.
    private func parts(rows: Int) throws -> [String] {
        let place = view.place
        let token = [rule("token")] + (try view.token())
        let requests = [rule("requests")] + view.request + view.events.prefix(2)
        let left = rows - place.count - 1 - Self.fewestTextRows - token.count - requests.count
        let state = [rule("state")] + numbers(rows: left - 3) + view.units
        let parts = token + state + requests
        let text = try view.text(
            rows: max(Self.fewestTextRows, rows - parts.count - place.count - 1))
        return place + [rule("text")] + text + parts
    }

    /// Candidates with the layers beside them, or, where there is no room for that, the layers and
    /// as many candidates below as there are rows for.
    private func numbers(rows: Int) -> [String] {
        let narrowest = 18
        guard size.columns >= narrowest + 2 + view.layersWidth else {
            let layers = view.layers(width: size.columns)
            let candidates = view.candidates(width: size.columns)
            let room = max(0, rows - layers.count)
            return layers + (room < 2 ? [] : candidates.prefix(room))
        }
        let width = max(narrowest, min(size.columns / 2, size.columns - view.layersWidth - 2))
        let left = view.candidates(width: width)
        let right = view.layers(width: size.columns - width - 2)
        return (0..<max(left.count, right.count)).map { row in
            let part = row < left.count ? left[row] : ""
            let gap = String(repeating: " ", count: max(0, width + 2 - part.shownColumns))
            return part + gap + (row < right.count ? right[row] : "")
        }
    }

    private func rule(_ name: String) -> String {
        var line = view.line()
        line.append("── \(name) ", .tone(.quiet))
        line.append(String(repeating: "─", count: line.columnsLeft), .tone(.quiet))
        return line.text
    }

    private func fit(_ lines: [String]) -> [String] {
        lines.map { text in
            var line = view.line()
            line.append(text)
            return line.text
        }
    }

    // MARK: The last rows

    private var notes: [String] {
        var lines = said.suffix(6).map { text in
            var line = view.line()
            line.append(text, .tone(.warning))
            return line.text
        }
        if !view.stepper.breakpoints.isEmpty { lines.append(breakpoints) }
        return lines
    }

    /// Those that are hit here with a full circle.
    private var breakpoints: String {
        var line = view.line()
        let hits = Set((try? view.stepper.hits.map(\.number)) ?? [])
        for breakpoint in view.stepper.breakpoints.all {
            line.append(hits.contains(breakpoint.number) ? "● " : "○ ", .tone(.bad))
            line.append("\(breakpoint.number) \(breakpoint.condition.expression)   ")
        }
        return line.text
    }

    /// The help is named first where not all keys have room.
    private var keys: String {
        let keys = "n p token  N P message  g place  / find  b break  c C continue  = print"
        return size.columns < 90 ? "? help  q quit  " + keys : keys + "  ? help  q quit"
    }

    private var helpKeys: String {
        nextHelpStart == nil ? "any key: back" : "any key: more  q back"
    }

    private var status: String {
        var line = view.line()
        if let prompt {
            line.append(prompt.sign, .bold)
            line.append(prompt.text)
        } else {
            line.append(helpStart == nil ? keys : helpKeys, .tone(.quiet))
        }
        return line.text
    }
}

extension String {
    /// Columns without the escape sequences (SGR) in it.
    fileprivate var shownColumns: Int {
        var (columns, isEscape) = (0, false)
        for character in self {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape { columns += String(character).columns }
            if isEscape, character == "m" { isEscape = false }
        }
        return columns
    }
}
