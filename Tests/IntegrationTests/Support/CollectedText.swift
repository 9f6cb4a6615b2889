import Foundation
import Synchronization

/// Text read from a pipe as it comes, by a thread of its own, which can be waited for.
final class CollectedText: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
        var waiters: [DispatchSemaphore] = []
    }

    private let state = Mutex(State())

    init(_ handle: FileHandle) {
        let thread = Thread { [self] in
            while true {
                let data = handle.availableData
                let waiters = state.withLock { state in
                    state.bytes += data
                    state.hasEnded = data.isEmpty
                    return state.waiters
                }
                for waiter in waiters { waiter.signal() }
                if data.isEmpty { return }
            }
        }
        thread.start()
    }

    var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
    private var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Returns when the text is so; throws when it is not and cannot become so in time.
    func wait(
        until isThere: (String) -> Bool, orFail failure: () -> TimeIsOver
    ) throws {
        guard wait(within: patience, until: isThere) else { throw failure() }
    }

    func wait(within time: Duration, until isThere: (String) -> Bool) -> Bool {
        wait(within: time) { isThere(text) }
    }

    func waitForEnd(orFail failure: () -> TimeIsOver) throws {
        guard wait(within: patience, for: { false }) || hasEnded else { throw failure() }
    }

    private func wait(within time: Duration, for isDone: () -> Bool) -> Bool {
        let arrival = DispatchSemaphore(value: 0)
        state.withLock { $0.waiters.append(arrival) }
        defer { state.withLock { $0.waiters.removeAll { $0 === arrival } } }
        let deadline = DispatchTime.now() + time.seconds
        while true {
            let hasEnded = hasEnded
            if isDone() { return true }
            if hasEnded || arrival.wait(timeout: deadline) == .timedOut { return isDone() }
        }
    }
}
