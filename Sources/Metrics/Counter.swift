import Synchronization

/// A number that threads count up.
///
/// The metrics are a small registry of our own, not swift-metrics: there, a metric has no help text
/// and no fixed kind, each record goes through an existential handler, and an exporter for
/// Prometheus is a further package. Here a record is one relaxed addition.
package final class Counter: Metric {
    package let declaration: MetricDeclaration
    /// False where it counts what should not happen: the log and `status` then leave out a zero.
    package let isShownAtZero: Bool
    private let count = Atomic<Int>(0)

    package init(
        _ name: String, _ help: String, unit: MetricDeclaration.Unit = .none,
        isShownAtZero: Bool = true, exposedAs: String? = nil
    ) {
        declaration = MetricDeclaration(name, .counter, unit, help, exposedAs: exposedAs)
        self.isShownAtZero = isShownAtZero
    }

    package var value: Int { count.load(ordering: .relaxed) }

    package func add(_ change: Int = 1) { count.add(change, ordering: .relaxed) }

    package var samples: [MetricSample] { [MetricSample(Double(value))] }
}
