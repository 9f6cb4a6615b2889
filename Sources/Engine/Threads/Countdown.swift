import Synchronization

/// Waits until so many things have been done elsewhere.
final class Countdown: Sendable {
    private struct State {
        var left: Int
        var isGivenUp = false
    }

    private let state: Mutex<State>
    private let end = MonotonicSemaphore()
    private let progress: @Sendable (_ left: Int) -> Void

    init(_ total: Int, progress: @escaping @Sendable (_ left: Int) -> Void) {
        state = Mutex(State(left: total))
        self.progress = progress
        if total == 0 { end.signal() }
    }

    func countOne() {
        let left = state.withLock { state in
            state.left -= 1
            return state.left
        }
        progress(left)
        if left == 0 { end.signal() }
    }

    /// They will not all be done.
    func giveUp() {
        state.withLock { $0.isGivenUp = true }
        end.signal()
    }

    /// False if it was given up.
    func wait() -> Bool {
        end.wait()
        return state.withLock { !$0.isGivenUp }
    }
}

/// Collects what several threads find, and waits for all of them.
final class Gathered<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    private let arrival = MonotonicSemaphore()
    private let parts: Int

    init(parts: Int) { self.parts = parts }

    func add(_ found: [Element]) {
        elements.withLock { $0 += found }
        arrival.signal()
    }

    func wait() -> [Element] {
        for _ in 0..<parts { arrival.wait() }
        return elements.withLock { $0 }
    }
}
