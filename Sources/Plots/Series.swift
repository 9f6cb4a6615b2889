/// A named row of points in a chart.
package struct Series: Sendable {
    package enum Style: Sendable {
        /// A line, with a marker at each point where there are few.
        case line
        /// A dashed line without markers: what others are to be held against.
        case dashed
    }

    package var name: String
    package var style: Style
    /// Whose colour it has, by the place of that series in its chart; nil: its own.
    package var color: Int?
    /// In the order in which the line goes; one that is not finite interrupts it.
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
