/// Several series over a common axis.
package struct LineChart: Chart {
    package var title: String
    package var x: Axis
    package var y: Axis
    package var series: [Series]

    package init(title: String, x: Axis, y: Axis, series: [Series]) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
    }

    package func element(width: Int, height: Int) -> String {
        let frame = SVGFrame(
            title: title, x: x, y: y, points: series.flatMap(\.points),
            legend: series.enumerated().map { ($1.name, $1.style, $1.color ?? $0) }, width: width,
            height: height)
        return frame.element(
            content: series.enumerated().map { index, series in
                SVGSeries(series: series, index: series.color ?? index, frame: frame).content
            }.joined(separator: "\n"))
    }

    package func terminal(columns: Int, rows: Int, colors: Bool) -> String {
        var frame = TerminalFrame(
            title: title, x: x, y: y, points: series.flatMap(\.points), columns: columns,
            rows: rows)
        let letters = !colors && series.count > 1
        for (index, series) in series.enumerated() {
            frame.draw(
                series, index: series.color ?? index, letter: letters ? Self.letter(index) : nil)
        }
        let legend = series.enumerated().map { index, series in
            let line = series.style == .dashed ? "╌" : "━"
            return (
                mark: letters
                    ? "\(Self.letter(index))"
                    : TerminalFrame.colored(line, index: series.color ?? index, colors),
                name: series.name
            )
        }
        return frame.text(legend: series.count > 1 ? legend : [], colors: colors)
    }

    private static func letter(_ index: Int) -> Character {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return letters[index % letters.count]
    }
}
