/// Something that is counted or measured, with its declaration.
package protocol Metric: Sendable {
    var declaration: MetricDeclaration { get }
    /// Its present values. Empty where there is none yet.
    var samples: [MetricSample] { get }
}

extension Metric {
    package var name: String { declaration.name }
}

/// One value of a metric, as Prometheus has it.
package struct MetricSample: Sendable, Equatable {
    package struct Label: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    /// Of a histogram: `_bucket`, `_sum` or `_count`.
    package var suffix = ""
    package var labels: [Label] = []
    package var value: Double

    package init(_ value: Double, suffix: String = "", labels: [Label] = []) {
        (self.value, self.suffix, self.labels) = (value, suffix, labels)
    }
}
