import Synchronization

/// Collects what several threads find, and waits for all of them.
package final class Gathered<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    private let arrival = MonotonicSemaphore()
    private let parts: Int

    package init(parts: Int) { self.parts = parts }

    package func add(_ found: [Element]) {
        elements.withLock { $0 += found }
        arrival.signal()
    }

    package func wait() -> [Element] {
        for _ in 0..<parts { arrival.wait() }
        return elements.withLock { $0 }
    }
}
