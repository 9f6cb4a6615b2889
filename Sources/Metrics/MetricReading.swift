/// A value that is looked up whenever it is asked for, such as the length of a queue.
package struct MetricReading: Metric {
    package let declaration: MetricDeclaration
    private let read: @Sendable () -> Double?

    /// - Parameters:
    ///   - kind: `gauge`, or `counter` of what someone else counts.
    ///   - read: the present value in base units; nil while there is none.
    package init(
        _ name: String, _ help: String, kind: MetricDeclaration.Kind = .gauge,
        unit: MetricDeclaration.Unit = .none, exposedAs: String? = nil,
        read: @escaping @Sendable () -> Double?
    ) {
        declaration = MetricDeclaration(name, kind, unit, help, exposedAs: exposedAs)
        self.read = read
    }

    package var value: Double? { read() }

    package var samples: [MetricSample] { value.map { [MetricSample($0)] } ?? [] }
}
