package import Dispatch
import Synchronization

/// A queue from one or more threads to one: whole batches, in order, bounded by weight.
///
/// The weight of what was taken counts until `release`, so the bound covers what the consumer has
/// not finished yet. A consumer waits for an arrival, a producer for room; neither polls.
package final class Mailbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var weight = 0
        var isClosed = false
        var consumerWaits = false
        var waitingProducers = 0
        var waited: UInt64 = 0
    }

    private let state = Mutex(State())
    private let arrival = MonotonicSemaphore()
    private let room = MonotonicSemaphore()
    private let limit: Int
    private let wake: WakeEvent?

    /// - Parameters:
    ///   - limit: weight at which producers have to wait.
    ///   - wake: signalled when the mailbox was empty and is no longer, for a consumer that waits
    ///     for more than this mailbox.
    package init(limit: Int, waking wake: WakeEvent? = nil) {
        self.limit = limit
        self.wake = wake
    }

    /// Hands over a batch, waiting for room. False if the mailbox is closed.
    @discardableResult
    package func send(_ batch: [Element], weight: Int) -> Bool {
        while true {
            switch offer(batch, weight: weight, waits: true) {
            case .taken: return true
            case .closed: return false
            case .full: waitForRoom()
            }
        }
    }

    private func waitForRoom() {
        let start = DispatchTime.now()
        room.wait()
        let waited = DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds
        state.withLock { $0.waited += waited }
    }

    /// Hands over a batch if there is room for it now.
    package func trySend(_ batch: [Element], weight: Int) -> Bool {
        offer(batch, weight: weight, waits: false) == .taken
    }

    private enum Offer { case taken, full, closed }

    /// A batch heavier than the limit is taken when nothing else is there.
    private func offer(_ batch: [Element], weight: Int, waits: Bool) -> Offer {
        let (offer, wakes): (Offer, Bool) = state.withLock { state in
            if state.isClosed { return (.closed, false) }
            guard state.weight <= 0 || state.weight + weight <= limit else {
                if waits { state.waitingProducers += 1 }
                return (.full, false)
            }
            let wakes = state.elements.isEmpty && (state.consumerWaits || wake != nil)
            state.elements.append(contentsOf: batch)
            state.weight += weight
            state.consumerWaits = state.consumerWaits && !wakes
            return (.taken, wakes)
        }
        if wakes { wakeConsumer() }
        return offer
    }

    private func wakeConsumer() {
        if let wake { wake.signal() } else { arrival.signal() }
    }

    /// All elements, without waiting.
    package func takeAll() -> [Element] {
        state.withLock { state in
            let elements = state.elements
            state.elements = []
            return elements
        }
    }

    /// Waits for an arrival, for `close`, for `wakeIdleConsumer`, or for the deadline.
    package func waitForArrival(until deadline: DispatchTime) {
        let mustWait = state.withLock { state in
            state.consumerWaits = state.elements.isEmpty && !state.isClosed
            return state.consumerWaits
        }
        guard mustWait, !arrival.wait(until: deadline) else { return }
        // An arrival after the time-out has already signalled: take that signal back.
        let signalled = state.withLock { state in
            defer { state.consumerWaits = false }
            return !state.consumerWaits
        }
        if signalled { arrival.wait() }
    }

    /// Ends the consumer's wait, if it waits, without an arrival.
    package func wakeIdleConsumer() {
        guard wake == nil else { return wakeConsumer() }
        let wakes = state.withLock { state in
            defer { state.consumerWaits = false }
            return state.consumerWaits
        }
        if wakes { wakeConsumer() }
    }

    /// The consumer has finished with this much of what it took.
    package func release(weight: Int) {
        let wakes = state.withLock { state in
            state.weight -= weight
            guard state.weight < limit else { return 0 }
            defer { state.waitingProducers = 0 }
            return state.waitingProducers
        }
        for _ in 0..<wakes { room.signal() }
    }

    /// Accepts no more elements; those in it can still be taken.
    package func close() {
        let (producers, wakes) = state.withLock { state in
            defer { (state.waitingProducers, state.consumerWaits) = (0, false) }
            state.isClosed = true
            return (state.waitingProducers, state.consumerWaits || wake != nil)
        }
        for _ in 0..<producers { room.signal() }
        if wakes { wakeConsumer() }
    }

    package var load: MailboxLoad {
        state.withLock { MailboxLoad(weight: $0.weight, waited: Double($0.waited) * 1e-9) }
    }

    package var isClosed: Bool { state.withLock { $0.isClosed } }
    package var isEmpty: Bool { state.withLock { $0.elements.isEmpty } }
}
