/// The title, legend, axes and grid of a chart, and the positions of its points.
struct SVGFrame {
    typealias LegendEntry = (name: String, style: Series.Style, color: Int)

    private let title: String
    private let labels: (x: String, y: String)
    private let legend: [LegendEntry]
    private let size: (width: Double, height: Double)
    let x: AxisScale
    let y: AxisScale
    /// The plot area, in pixels from the top left.
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    init(
        title: String, x: Axis, y: Axis, points: [(x: Double, y: Double)],
        legend: [LegendEntry], width: Int, height: Int
    ) {
        self.title = title
        labels = (x.label, y.label)
        self.legend = legend.count > 1 ? legend : []
        size = (Double(width), Double(height))
        self.x = AxisScale(x, values: points.lazy.map(\.x), ticks: max(2, width / 90))
        self.y = AxisScale(y, values: points.lazy.map(\.y), ticks: max(2, height / 60))
        let widest = self.y.ticks.map { SVGText.width(of: $0.label) }.max() ?? 0
        left = 36 + widest
        right = size.width - 22
        top = 40 + Double(Self.rows(of: self.legend, width: right - left).count) * 18
        bottom = size.height - 50
    }

    /// The position in pixels; nil if there is none.
    func position(_ point: (x: Double, y: Double)) -> (x: Double, y: Double)? {
        guard let x = x.position(of: point.x), let y = y.position(of: point.y) else { return nil }
        return (left + x * (right - left), bottom - y * (bottom - top))
    }

    /// The whole chart.
    func element(content: String) -> String {
        let title = SVGText.text(title, x: left, y: 24, style: "title")
        return SVGText.element(
            "g", [:],
            ([title] + legendContent + [grid, content, axisLabels]).joined(separator: "\n"))
    }

    // MARK: Axes

    private var grid: String {
        let columns = x.ticks.compactMap { tick in
            x.position(of: tick.value).map { column(at: left + $0 * (right - left), tick.label) }
        }
        let rows = y.ticks.compactMap { tick in
            y.position(of: tick.value).map { row(at: bottom - $0 * (bottom - top), tick.label) }
        }
        let frame = SVGText.element(
            "path",
            [
                "class": "frame",
                "d": "M\(SVGText.number(left)) \(SVGText.number(top))V\(SVGText.number(bottom))"
                    + "H\(SVGText.number(right))",
            ])
        return (columns + rows + [frame]).joined(separator: "\n")
    }

    private func column(at x: Double, _ label: String) -> String {
        line(x, top, x, bottom)
            + SVGText.text(label, x: x, y: bottom + 17, anchor: "middle", style: "quiet")
    }

    private func row(at y: Double, _ label: String) -> String {
        line(left, y, right, y)
            + SVGText.text(label, x: left - 7, y: y + 4, anchor: "end", style: "quiet")
    }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        SVGText.element(
            "line",
            [
                "class": "grid", "x1": SVGText.number(x1), "y1": SVGText.number(y1),
                "x2": SVGText.number(x2), "y2": SVGText.number(y2),
            ])
    }

    private var axisLabels: String {
        let middle = (x: (left + right) / 2, y: (top + bottom) / 2)
        let below = SVGText.text(labels.x, x: middle.x, y: size.height - 12, anchor: "middle")
        let beside = SVGText.element(
            "text",
            [
                "transform": "translate(17,\(SVGText.number(middle.y))) rotate(-90)",
                "text-anchor": "middle",
            ], SVGText.escaped(labels.y))
        return below + beside
    }

    // MARK: Legend

    private var legendContent: [String] {
        let rows = Self.rows(of: legend, width: right - left)
        return rows.enumerated().flatMap { row, entries in
            entries.map { entry in
                let y = 44 + Double(row) * 18
                let key = SVGSeries.key(
                    legend[entry.index].style, index: legend[entry.index].color, x: left + entry.x,
                    y: y - 4)
                return key
                    + SVGText.text(legend[entry.index].name, x: left + entry.x + 30, y: y)
            }
        }
    }

    /// The entries in rows that fit the width, each with its offset.
    private static func rows(
        of legend: [LegendEntry], width: Double
    ) -> [[(index: Int, x: Double)]] {
        var rows: [[(index: Int, x: Double)]] = []
        var end = Double.infinity
        for (index, entry) in legend.enumerated() {
            let entryWidth = 30 + SVGText.width(of: entry.name) + 18
            if end + entryWidth > width {
                rows.append([])
                end = 0
            }
            rows[rows.count - 1].append((index, end))
            end += entryWidth
        }
        return rows
    }
}
