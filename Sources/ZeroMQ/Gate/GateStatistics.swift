import Synchronization
package import Threads

/// What became of the connections at a gate.
package final class GateStatistics: CounterSet {
    /// Connections whose handshake was let through.
    package let accepted = Counter("connections")
    private let closed = Mutex<[GateRefusal.Code: Int]>([:])

    /// Connections that were closed, by reason; none without a count.
    package var refused: [(code: GateRefusal.Code, count: Int)] {
        closed.withLock { counts in
            GateRefusal.Code.allCases.compactMap { code in counts[code].map { (code, $0) } }
        }
    }

    func count(_ code: GateRefusal.Code) { closed.withLock { $0[code, default: 0] += 1 } }
}
