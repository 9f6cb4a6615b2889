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
        let title = SVGText.text(chart.title, x: left, y: 24, style: "title")
        let label = SVGText.text(
            chart.x.label, x: (left + right) / 2, y: size.height - 12, anchor: "middle")
        return SVGText.element("g", [:], ([title] + grid + bars + [label]).joined(separator: "\n"))
    }

    private func x(_ value: Double) -> Double {
        left + (scale.position(of: value) ?? 0) * (right - left)
    }

    private var grid: [String] {
        scale.ticks.map { tick in
            let place = x(tick.value)
            let x = SVGText.number(place)
            return SVGText.element(
                "line",
                [
                    "class": "grid", "x1": x, "x2": x, "y1": SVGText.number(Self.top),
                    "y2": SVGText.number(bottom),
                ])
                + SVGText.text(
                    tick.label, x: place, y: bottom + 17, anchor: "middle", style: "quiet")
        }
    }

    private var bars: [String] {
        let step = (bottom - Self.top) / Double(max(chart.bars.count, 1))
        let thickness = min(step * 0.7, 34)
        return chart.bars.enumerated().map { index, bar in
            let middle = Self.top + (Double(index) + 0.5) * step
            let ends = [x(0), x(bar.value)].sorted()
            let name = SVGText.text(bar.name, x: left - 8, y: middle + 4, anchor: "end")
            guard bar.value.isFinite else { return name }
            let rectangle = SVGText.element(
                "rect",
                [
                    "class": "s0 mark", "x": SVGText.number(ends[0]),
                    "y": SVGText.number(middle - thickness / 2),
                    "width": SVGText.number(ends[1] - ends[0]),
                    "height": SVGText.number(thickness),
                ])
            let value = SVGText.text(
                bar.value.decimal(digits: chart.digits), x: ends[1] + 6, y: middle + 4)
            return name + rectangle + value
        }
    }
}
