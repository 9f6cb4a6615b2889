package import Metrics
import Synchronization

/// Reports to the gate what a socket's owner has taken, so that the peers that sent it may send
/// more. It belongs to the socket's thread.
package final class GateCredit {
    private let ledger: GateLedger?
    let socket = GateLedger.SocketAccount()
    /// How many peers are through the gate and its handshake.
    package let connections = Gauge(
        "connections", "Connections of one socket with a complete handshake")
    /// What was taken since the last `settle`, by libzmq's descriptors.
    private var taken: [(descriptor: Int32, account: GateLedger.Account?, bytes: Int)] = []

    init(_ ledger: GateLedger?) { self.ledger = ledger }

    /// For a socket without a gate.
    package static var none: GateCredit { GateCredit(nil) }

    /// A message was received.
    ///
    /// - Parameter added: how many frames before it the socket has put there, as ROUTER does.
    package func took(_ message: borrowing Multipart, added: Int = 0) {
        guard let ledger else { return }
        let descriptor = message.sourceDescriptor
        guard descriptor >= 0 else { return }
        var bytes = message.byteCount
        for index in 0..<min(added, message.count) { bytes -= message.frameByteCount(index) }
        let frames = message.count + message.droppedFrameCount - added
        bytes += frames * GateRules.frameCost
        if let index = taken.firstIndex(where: { $0.descriptor == descriptor }) {
            taken[index].bytes += bytes
        } else {
            taken.append((descriptor, ledger.account(of: descriptor), bytes))
        }
    }

    /// Who sent a message that was taken since the last `settle`. Nil where that is not known: the
    /// socket is connected, or the connection is gone.
    package func sender(of message: borrowing Multipart) -> GateSender? {
        let descriptor = message.sourceDescriptor
        guard descriptor >= 0 else { return nil }
        return taken.first { $0.descriptor == descriptor }?.account.map { GateSender($0) }
    }

    /// Ends a turn of receiving.
    ///
    /// - Parameter isEmpty: whether nothing more was there.
    package func settle(isEmpty: Bool) {
        guard let ledger else { return }
        for case (_, let account?, let bytes) in taken { ledger.took(bytes, of: account) }
        taken.removeAll(keepingCapacity: true)
        if isEmpty { socket.timesEmpty.add(1, ordering: .sequentiallyConsistent) }
        ledger.settle()
    }
}
