/// Counters of one thing, one for each value of a label: of a closed list, so that there are few.
package final class CounterFamily<Label>: Metric
where Label: CaseIterable & Hashable & RawRepresentable & Sendable, Label.RawValue == String {
    package let declaration: MetricDeclaration
    private let counters: [Label: Counter]

    /// - Parameter label: what the values are: `code`, `reason`.
    package init(
        _ name: String, _ help: String, by label: String, exposedAs: String? = nil
    ) {
        declaration = MetricDeclaration(
            name, .counter, .none, help, label: label, exposedAs: exposedAs)
        counters = Dictionary(
            uniqueKeysWithValues: Label.allCases.map { ($0, Counter(name, help)) })
    }

    package func add(_ label: Label) { counters[label]?.add() }

    package subscript(_ label: Label) -> Int { counters[label]?.value ?? 0 }

    /// Those that are not 0.
    package var counts: [Label: Int] { counters.mapValues(\.value).filter { $0.value != 0 } }

    package var samples: [MetricSample] {
        Label.allCases.map {
            MetricSample(
                Double(self[$0]), labels: [.init(declaration.label ?? "", $0.rawValue)])
        }
    }
}
