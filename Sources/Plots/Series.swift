/// A named series of points in a chart.
package struct Series: Sendable {
    package enum Style: Sendable {
        /// A line, with a marker at each point if there are few points.
        case line
        /// A dashed line without markers, for comparison.
        case dashed
    }

    package var name: String
    package var style: Style
    /// The index of the series whose colour it uses; nil: its own.
    package var color: Int?
    /// In the order of the line. A point that is not finite interrupts the line.
    package var points: [(x: Double, y: Double)]

    package init(
        name: String, points: [(x: Double, y: Double)], style: Style = .line, color: Int? = nil
    ) {
        self.name = name
        self.color = color
        self.points = points
        self.style = style
    }
}
