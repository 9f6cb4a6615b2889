/// An axis of a chart: its label and its scale.
package struct Axis: Sendable {
    package enum Scale: Sendable {
        case linear
        /// To base 10. Only positive numbers are shown.
        case log
    }

    /// The quantity, with its unit.
    package var label: String
    package var scale: Scale
    /// A fixed range; nil: the range of the points, extended to round numbers.
    package var range: ClosedRange<Double>?

    package init(label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
        self.label = label
        self.scale = scale
        self.range = range
    }
}
