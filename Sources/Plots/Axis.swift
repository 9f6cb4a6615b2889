/// One direction of a chart: what it shows, and how numbers lie on it.
package struct Axis: Sendable {
    package enum Scale: Sendable {
        case linear
        /// To base 10; what is not above 0 has no place on it.
        case log
    }

    /// What is shown, with its unit.
    package var label: String
    package var scale: Scale
    /// What is shown, whatever the points are; nil: what they need, up to round numbers.
    package var range: ClosedRange<Double>?

    package init(label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
        self.label = label
        self.scale = scale
        self.range = range
    }
}
