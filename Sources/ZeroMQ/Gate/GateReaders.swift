import Metrics
import Synchronization
import Threads

/// The readers of one socket: what may wait for each of them, and which are disconnected because they
/// do not read. Set by the socket's thread, read by the gate's.
package final class GateReaders: Sendable {
    /// When a reader is disconnected.
    package struct Rule: Equatable, Sendable {
        /// Bytes that may wait for one reader, and for all of them.
        package var bytes: Int
        package var totalBytes: Int
        /// How long a reader may take nothing while something waits for it.
        package var patience: Duration

        package init(bytes: Int, totalBytes: Int, patience: Duration) {
            self.bytes = bytes
            self.totalBytes = totalBytes
            self.patience = patience
        }
    }

    private let disconnected: Counter
    private let rule = Mutex<Rule?>(nil)
    private let orders: Mailbox<GateOrder>

    init(_ orders: Mailbox<GateOrder>, disconnected: Counter) {
        self.orders = orders
        self.disconnected = disconnected
    }

    /// From now on readers are disconnected by this rule; nil keeps them, and then nothing more than
    /// one read waits for them at the gate.
    package func set(_ rule: Rule?) {
        self.rule.withLock { $0 = rule }
        orders.send([.review(self, closesBehind: false)], weight: 0)
    }

    /// Disconnects the readers for which something waits now: the socket's thread has waited for them
    /// long enough.
    package func closeBehind() {
        orders.send([.review(self, closesBehind: true)], weight: 0)
    }

    /// - Parameter readers: how many there are now.
    func bound(readers: Int) -> (bytes: Int, patience: Duration)? {
        rule.withLock { rule in
            rule.map { (min($0.bytes, $0.totalBytes / max(1, readers)), $0.patience) }
        }
    }

    func countDisconnected() { disconnected.add() }
}
