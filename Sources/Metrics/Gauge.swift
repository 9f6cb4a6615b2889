import Synchronization

/// A present level that threads raise and lower.
package final class Gauge: Metric {
    package let declaration: MetricDeclaration
    private let level = Atomic<Int>(0)

    package init(
        _ name: String, _ help: String, unit: MetricDeclaration.Unit = .none,
        exposedAs: String? = nil
    ) {
        declaration = MetricDeclaration(name, .gauge, unit, help, exposedAs: exposedAs)
    }

    package var value: Int { level.load(ordering: .relaxed) }

    /// - Parameter change: negative where what is counted goes away again.
    package func add(_ change: Int = 1) { level.add(change, ordering: .relaxed) }

    package func set(_ value: Int) { level.store(value, ordering: .relaxed) }

    package var samples: [MetricSample] { [MetricSample(Double(value))] }
}
