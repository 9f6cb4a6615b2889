/// Named numbers as horizontal bars from 0.
package struct BarChart: Chart {
    package typealias Bar = (name: String, value: Double)

    package var title: String
    /// The axis of the values. It is linear, since bars on a logarithmic axis have no start.
    package var x: Axis
    package var bars: [Bar]
    /// The number of decimals of the values beside the bars.
    package var digits: Int

    package init(title: String, x: Axis, bars: [Bar], digits: Int = 2) {
        self.title = title
        self.x = x
        self.x.scale = .linear
        self.bars = bars
        self.digits = digits
    }

    package func element(width: Int, height: Int) -> String {
        SVGBars(self, width: width, height: height).element
    }

    package func terminal(columns: Int, rows: Int, colors: Bool) -> String {
        TerminalBars(chart: self, columns: columns).text(colors: colors)
    }
}
