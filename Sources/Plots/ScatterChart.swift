/// Named points between two axes.
package struct ScatterChart: Chart {
    package typealias Point = (name: String, x: Double, y: Double)

    package var title: String
    package var x: Axis
    package var y: Axis
    package var points: [Point]

    package init(title: String, x: Axis, y: Axis, points: [Point]) {
        self.title = title
        self.x = x
        self.y = y
        self.points = points
    }

    package func element(width: Int, height: Int) -> String {
        let frame = SVGFrame(
            title: title, x: x, y: y, points: points.map { ($0.x, $0.y) }, legend: [],
            width: width, height: height)
        return frame.element(content: SVGLabels(points: points, frame: frame).content)
    }

    package func terminal(columns: Int, rows: Int, colors: Bool) -> String {
        var frame = TerminalFrame(
            title: title, x: x, y: y, points: points.map { ($0.x, $0.y) }, columns: columns,
            rows: rows)
        for (index, point) in points.enumerated() { frame.draw(point, index: index) }
        return frame.text(legend: [], colors: colors)
    }
}
