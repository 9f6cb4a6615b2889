/// Text that describes what is running, as labels of a metric that is always 1.
package struct Information: Metric {
    package let declaration: MetricDeclaration
    private let labels: [MetricSample.Label]

    package init(_ name: String, _ help: String, labels: [(name: String, value: String)]) {
        declaration = MetricDeclaration(name, .gauge, .none, help)
        self.labels = labels.map { .init($0.name, $0.value) }
    }

    package var samples: [MetricSample] { [MetricSample(1, labels: labels)] }
}
