import Dispatch
package import Metrics
import Synchronization
import Threads

/// The peers that read from one socket: how much may wait for each of them at the gate, and what
/// becomes of one that does not read. Set and asked by the socket's thread, kept by the gate's.
///
/// libzmq counts messages alone, and its high water mark must not change while peers come and go: the
/// change reaches connections that are being freed (libzmq 4.3). So bytes are counted here.
package final class GateReaders: Sendable {
    /// What becomes of a reader for which too much waits.
    package enum Slow: Equatable, Sendable {
        /// It is disconnected, also when it has taken nothing for this time while something waits.
        case disconnected(patience: Duration)
        /// It misses messages.
        case skipped
        /// It gets them later. The socket's thread waits for it (`waitForRoom`); one that sends is not
        /// read from.
        case awaited
    }

    package struct Rule: Equatable, Sendable {
        package var slow: Slow
        /// Bytes that may wait for one reader, and for all of them.
        package var bytes: Int
        package var totalBytes: Int

        /// A reader may have this much whatever the others have.
        static let least = 64 << 10
        /// Of a socket that says nothing else.
        package static let standard = Rule(.awaited, bytes: 1 << 20, totalBytes: 256 << 20)

        package init(_ slow: Slow, bytes: Int, totalBytes: Int) {
            self.slow = slow
            self.bytes = bytes
            self.totalBytes = totalBytes
        }
    }

    /// Those that were disconnected, and messages that readers have missed.
    package let disconnected: Counter
    package let lost: Counter
    private let rule: Mutex<Rule>
    /// For how many too much waits now.
    private let full = Atomic<Int>(0)
    /// Signalled whenever that becomes none.
    private let room = MonotonicSemaphore()
    private let orders: Mailbox<GateOrder>

    init(_ orders: Mailbox<GateOrder>, _ rule: Rule, disconnected: Counter, lost: Counter) {
        self.orders = orders
        self.rule = Mutex(rule)
        self.disconnected = disconnected
        self.lost = lost
    }

    // MARK: For the socket's thread

    /// From now on this rule counts.
    package func set(_ rule: Rule) {
        let isSame = self.rule.withLock { present in
            defer { present = rule }
            return present == rule
        }
        if !isSame { orders.send([.review(self, closesBehind: false)], weight: 0) }
    }

    /// Disconnects the readers for which too much waits now: the socket's thread has waited for them
    /// long enough.
    package func closeBehind() {
        orders.send([.review(self, closesBehind: true)], weight: 0)
    }

    /// Whether too much waits for a reader.
    package var isFull: Bool { full.load(ordering: .relaxed) > 0 }

    /// Waits until there is room for every reader. False if there is none after this time.
    package func waitForRoom(atMost time: Duration) -> Bool {
        let deadline = DispatchTime.now() + time / .seconds(1)
        while isFull { guard room.wait(until: deadline) else { return !isFull } }
        return true
    }

    // MARK: For the gate's thread

    /// - Parameter readers: how many there are now.
    func bound(readers: Int) -> (bytes: Int, slow: Slow) {
        rule.withLock { rule in
            (min(rule.bytes, max(Rule.least, rule.totalBytes / max(1, readers))), rule.slow)
        }
    }

    /// A reader has become full, or is no longer.
    func note(isFull: Bool) {
        let count = full.add(isFull ? 1 : -1, ordering: .relaxed).newValue
        if count == 0 { room.signal() }
    }
}
