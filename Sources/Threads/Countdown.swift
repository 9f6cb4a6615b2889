import Synchronization

/// Waits until a number of tasks have been done elsewhere.
package final class Countdown: Sendable {
    private struct State {
        var left: Int
        var isGivenUp = false
    }

    private let state: Mutex<State>
    private let end = MonotonicSemaphore()
    private let room: MonotonicSemaphore
    private let progress: @Sendable (_ left: Int) -> Void

    /// - Parameter atOnce: how many are begun before one of them has to be done.
    package init(
        _ total: Int, atOnce: Int = .max, progress: @escaping @Sendable (_ left: Int) -> Void
    ) {
        state = Mutex(State(left: total))
        room = MonotonicSemaphore(value: min(atOnce, total))
        self.progress = progress
        if total == 0 { end.signal() }
    }

    package func countOne() {
        let left = state.withLock { state in
            state.left -= 1
            return state.left
        }
        progress(left)
        room.signal()
        if left == 0 { end.signal() }
    }

    /// Waits until one more may be begun. False if it was cancelled.
    package func waitForTurn() -> Bool {
        room.wait()
        return state.withLock { !$0.isGivenUp }
    }

    /// Cancels the wait: not all will be done.
    package func giveUp() {
        state.withLock { $0.isGivenUp = true }
        room.signal()
        end.signal()
    }

    /// False if it was cancelled.
    package func wait() -> Bool {
        end.wait()
        return state.withLock { !$0.isGivenUp }
    }
}
