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
    /// In the order in which the line goes; one that is not finite interrupts it.
    package var points: [(x: Double, y: Double)]

    package init(name: String, points: [(x: Double, y: Double)], style: Style = .line) {
        self.name = name
        self.points = points
        self.style = style
    }
}
