/// A bar chart as SVG: names on the left, values at the ends of the bars.
struct SVGBars {
    private let chart: BarChart
    private let scale: AxisScale
    private let size: (width: Double, height: Double)
    private let left: Double
    private let right: Double
    private static let top = 40.0

    init(_ chart: BarChart, width: Int, height: Int) {
        self.chart = chart
        size = (Double(width), Double(height))
        scale = AxisScale(
            chart.x, values: [0] + chart.bars.map(\.value), ticks: max(2, width / 120))
        let widest = chart.bars.map { SVGText.width(of: $0.name) }.max() ?? 0
        left = min(22 + widest, size.width / 2)
        right = size.width - 60
    }

    private var bottom: Double { size.height - 50 }

    var element: String {
        let title = SVGText.element(
            "text", ["class": "title", "x": SVGText.number(left), "y": "24"],
            SVGText.escaped(chart.title))
        let label = SVGText.element(
            "text",
            [
                "x": SVGText.number((left + right) / 2), "y": SVGText.number(size.height - 12),
                "text-anchor": "middle",
            ], SVGText.escaped(chart.x.label))
        return SVGText.element("g", [:], ([title] + grid + bars + [label]).joined(separator: "\n"))
    }

    private func x(_ value: Double) -> Double {
        left + (scale.position(of: value) ?? 0) * (right - left)
    }

    private var grid: [String] {
        scale.ticks.map { tick in
            let x = SVGText.number(x(tick.value))
            return SVGText.element(
                "line",
                [
                    "class": "grid", "x1": x, "x2": x, "y1": SVGText.number(Self.top),
                    "y2": SVGText.number(bottom),
                ])
                + SVGText.element(
                    "text",
                    [
                        "class": "quiet", "x": x, "y": SVGText.number(bottom + 17),
                        "text-anchor": "middle",
                    ], SVGText.escaped(tick.label))
        }
    }

    private var bars: [String] {
        let step = (bottom - Self.top) / Double(max(chart.bars.count, 1))
        let thickness = min(step * 0.7, 34)
        return chart.bars.enumerated().map { index, bar in
            let middle = Self.top + (Double(index) + 0.5) * step
            let ends = [x(0), x(bar.value)].sorted()
            let name = SVGText.element(
                "text",
                [
                    "x": SVGText.number(left - 8), "y": SVGText.number(middle + 4),
                    "text-anchor": "end",
                ], SVGText.escaped(bar.name))
            guard bar.value.isFinite else { return name }
            let rectangle = SVGText.element(
                "rect",
                [
                    "class": "s0 mark", "x": SVGText.number(ends[0]),
                    "y": SVGText.number(middle - thickness / 2),
                    "width": SVGText.number(ends[1] - ends[0]),
                    "height": SVGText.number(thickness),
                ])
            let value = SVGText.element(
                "text", ["x": SVGText.number(ends[1] + 6), "y": SVGText.number(middle + 4)],
                bar.value.decimal(digits: chart.digits))
            return name + rectangle + value
        }
    }
}
