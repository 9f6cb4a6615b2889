/// What one part of the program counts and measures: every stored `Metric` of it.
package protocol MetricSet: Sendable {}

extension MetricSet {
    /// In the order of declaration. A metric is on this list because it is declared.
    package var metrics: [any Metric] {
        Mirror(reflecting: self).children.compactMap { $0.value as? any Metric }
    }
}
