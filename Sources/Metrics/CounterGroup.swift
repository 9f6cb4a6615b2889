/// A family of counters whose labels need not be known to show it.
package protocol CounterGroup: Metric {
    /// Those that are not 0, by the value of the label.
    var countsByName: [(label: String, count: Int)] { get }
}

extension CounterFamily: CounterGroup {
    package var countsByName: [(label: String, count: Int)] {
        Label.allCases.compactMap { self[$0] == 0 ? nil : ($0.rawValue, self[$0]) }
    }
}
