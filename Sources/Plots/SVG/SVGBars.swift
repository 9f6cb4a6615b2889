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
        let widest = chart.bars.map { svgWidth(of: $0.name) }.max() ?? 0
        left = min(22 + widest, size.width / 2)
        right = size.width - 60
    }

    private var bottom: Double { size.height - 50 }

    var element: String {
        let title = svgElement(
            "text", ["class": "title", "x": svgNumber(left), "y": "24"], svgEscaped(chart.title))
        let label = svgElement(
            "text",
            [
                "x": svgNumber((left + right) / 2), "y": svgNumber(size.height - 12),
                "text-anchor": "middle",
            ], svgEscaped(chart.x.label))
        return svgElement("g", [:], ([title] + grid + bars + [label]).joined(separator: "\n"))
    }

    private func x(_ value: Double) -> Double {
        left + (scale.position(of: value) ?? 0) * (right - left)
    }

    private var grid: [String] {
        scale.ticks.map { tick in
            let x = svgNumber(x(tick.value))
            return svgElement(
                "line",
                [
                    "class": "grid", "x1": x, "x2": x, "y1": svgNumber(Self.top),
                    "y2": svgNumber(bottom),
                ])
                + svgElement(
                    "text",
                    [
                        "class": "quiet", "x": x, "y": svgNumber(bottom + 17),
                        "text-anchor": "middle",
                    ], svgEscaped(tick.label))
        }
    }

    private var bars: [String] {
        let step = (bottom - Self.top) / Double(max(chart.bars.count, 1))
        let thickness = min(step * 0.7, 34)
        return chart.bars.enumerated().map { index, bar in
            let middle = Self.top + (Double(index) + 0.5) * step
            let ends = [x(0), x(bar.value)].sorted()
            let name = svgElement(
                "text",
                [
                    "x": svgNumber(left - 8), "y": svgNumber(middle + 4), "text-anchor": "end",
                ], svgEscaped(bar.name))
            guard bar.value.isFinite else { return name }
            let rectangle = svgElement(
                "rect",
                [
                    "class": "s0 mark", "x": svgNumber(ends[0]),
                    "y": svgNumber(middle - thickness / 2), "width": svgNumber(ends[1] - ends[0]),
                    "height": svgNumber(thickness),
                ])
            let value = svgElement(
                "text", ["x": svgNumber(ends[1] + 6), "y": svgNumber(middle + 4)],
                decimal(bar.value, digits: chart.digits))
            return name + rectangle + value
        }
    }
}
