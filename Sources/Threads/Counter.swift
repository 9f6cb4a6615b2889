import Synchronization

/// A number that threads count and the log, the status and measurements show under its name.
package final class Counter: Sendable {
    package let name: String
    /// False where it counts what should not happen.
    package let isShownAtZero: Bool
    private let count = Atomic<Int>(0)

    package init(_ name: String, isShownAtZero: Bool = true) {
        self.name = name
        self.isShownAtZero = isShownAtZero
    }

    package var value: Int { count.load(ordering: .relaxed) }

    /// - Parameter change: negative where what is counted goes away again.
    package func add(_ change: Int = 1) { count.add(change, ordering: .relaxed) }
}

/// What one part of the program counts: every stored `Counter` of it, and nothing else.
package protocol CounterSet: Sendable {}

extension CounterSet {
    /// In the order of declaration. A counter is on this list because it is declared.
    package var counters: [Counter] {
        Mirror(reflecting: self).children.compactMap { $0.value as? Counter }
    }
}
