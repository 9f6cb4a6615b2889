/// The title, legend and axes around a canvas of dots.
struct TerminalFrame {
    private let title: String
    private let labels: (x: String, y: String)
    private let x: AxisScale
    private let y: AxisScale
    private let margin: Int
    private var canvas: BrailleCanvas

    /// The number of letters along a line, without colours.
    private static let lettersPerLine = 8
    private static let colors = ["34", "33", "32", "35", "36", "31", "94", "90"]

    init(
        title: String, x: Axis, y: Axis, points: [(x: Double, y: Double)], columns: Int, rows: Int
    ) {
        self.title = title
        labels = (x.label, y.label)
        self.y = AxisScale(y, values: points.lazy.map(\.y), ticks: max(2, rows / 4))
        margin = (self.y.ticks.map(\.label.count).max() ?? 0) + 1
        let width = max(columns - margin - 1, 10)
        self.x = AxisScale(x, values: points.lazy.map(\.x), ticks: max(2, width / 12))
        canvas = BrailleCanvas(columns: width, rows: max(rows - 5, 4))
    }

    private func dot(_ point: (x: Double, y: Double)) -> (x: Int, y: Int)? {
        guard let x = x.position(of: point.x), let y = y.position(of: point.y) else { return nil }
        // Positions far outside are clamped.
        let (column, row) = (max(-1, min(2, x)), max(-1, min(2, y)))
        return (
            Int((column * Double(canvas.dotColumns - 1)).rounded()),
            Int(((1 - row) * Double(canvas.dotRows - 1)).rounded())
        )
    }

    // MARK: Drawing

    mutating func draw(_ series: Series, index: Int, letter: Character?) {
        let dots = series.points.map { dot($0) }
        var last: (x: Int, y: Int)?
        for dot in dots {
            if let dot {
                canvas.line(
                    from: last ?? dot, to: dot, owner: index, dashed: series.style == .dashed)
            }
            last = dot
        }
        guard let letter else { return }
        let step = max(1, dots.count / Self.lettersPerLine)
        for dot in stride(from: 0, to: dots.count, by: step).compactMap({ dots[$0] }) {
            canvas.write(String(letter), column: dot.x / 2, row: dot.y / 4, owner: index)
        }
    }

    /// A point with its name on its right, or elsewhere if there is no space.
    mutating func draw(_ point: ScatterChart.Point, index: Int) {
        guard let dot = dot((point.x, point.y)) else { return }
        let (column, row) = (dot.x / 2, dot.y / 4)
        canvas.write("●", column: column, row: row, owner: index)
        let name = point.name
        let places = [
            (column + 2, row), (column - 1 - name.count, row), (column - name.count / 2, row - 1),
            (column - name.count / 2, row + 1),
        ]
        for place in places {
            if canvas.write(name, column: place.0, row: place.1, owner: index) { return }
        }
    }

    // MARK: Text

    func text(legend: [(mark: String, name: String)], colors: Bool) -> String {
        var lines = [title]
        lines += legendLines(legend)
        if !labels.y.isEmpty { lines.append(labels.y) }
        lines += (0..<canvas.rows).map { row in axis(row) + canvasLine(row, colors) }
        lines += xAxis
        return lines.map { Self.trimmed($0) }.joined(separator: "\n") + "\n"
    }

    /// The legend, with as many names on a line as fit.
    private func legendLines(_ legend: [(mark: String, name: String)]) -> [String] {
        let columns = margin + 1 + canvas.columns
        var lines: [String] = []
        var width = 0
        for entry in legend {
            // A mark is one column wide, without its colour codes.
            let needed = 2 + entry.name.count
            let text = "\(entry.mark) \(entry.name)"
            if let last = lines.indices.last, width + 3 + needed <= columns {
                lines[last] += "   " + text
                width += 3 + needed
            } else {
                lines.append(text)
                width = needed
            }
        }
        return lines
    }

    /// The vertical axis in that row, with the label of a tick.
    private func axis(_ row: Int) -> String {
        let tick = y.ticks.first { tick in
            y.position(of: tick.value).map { self.row(of: $0) == row } ?? false
        }
        guard let tick else { return String(repeating: " ", count: margin) + "│" }
        return String(repeating: " ", count: margin - 1 - tick.label.count) + tick.label + " ┤"
    }

    private func row(of position: Double) -> Int {
        Int(((1 - position) * Double(canvas.dotRows - 1)).rounded()) / 4
    }

    private func canvasLine(_ row: Int, _ colors: Bool) -> String {
        var line = ""
        for column in 0..<canvas.columns {
            let character = String(canvas.character(column: column, row: row))
            let owner = canvas.owner(column: column, row: row)
            line += owner.map { Self.colored(character, index: $0, colors) } ?? character
        }
        return line
    }

    /// The horizontal axis, its tick labels and its label.
    private var xAxis: [String] {
        var line = Array(repeating: Character("─"), count: canvas.columns)
        var numbers = Array(repeating: Character(" "), count: margin + 1 + canvas.columns)
        var free = 0
        for tick in x.ticks {
            guard let position = x.position(of: tick.value) else { continue }
            let column = Int((position * Double(canvas.columns - 1)).rounded())
            guard line.indices.contains(column) else { continue }
            line[column] = "┬"
            let label = Array(tick.label)
            let start = min(
                max(margin + 1 + column - label.count / 2, 0), numbers.count - label.count)
            guard start >= free else { continue }
            numbers.replaceSubrange(start..<start + label.count, with: label)
            free = start + label.count + 1
        }
        let indent = max(0, margin + 1 + (canvas.columns - labels.x.count) / 2)
        let label = String(repeating: " ", count: indent) + labels.x
        let axis = String(repeating: " ", count: margin) + "└" + String(line)
        return [axis, String(numbers)] + (labels.x.isEmpty ? [] : [label])
    }

    static func colored(_ text: String, index: Int, _ colors: Bool) -> String {
        guard colors, text != " " else { return text }
        return "\u{1B}[\(Self.colors[index % Self.colors.count])m\(text)\u{1B}[0m"
    }

    private static func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
