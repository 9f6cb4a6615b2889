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
    private var taken: [(descriptor: Int32, bytes: Int)] = []

    init(_ ledger: GateLedger?) { self.ledger = ledger }

    /// For a socket without a gate.
    package static var none: GateCredit { GateCredit(nil) }

    /// A message was received.
    ///
    /// - Parameter added: how many frames before it the socket has put there, as ROUTER does.
    package func took(_ message: borrowing Multipart, added: Int = 0) {
        guard ledger != nil else { return }
        let descriptor = message.sourceDescriptor
        guard descriptor >= 0 else { return }
        var bytes = message.byteCount
        for index in 0..<min(added, message.count) { bytes -= message.frameByteCount(index) }
        let frames = message.count + message.droppedFrameCount - added
        bytes += frames * GateRules.frameCost
        if let index = taken.firstIndex(where: { $0.descriptor == descriptor }) {
            taken[index].bytes += bytes
        } else {
            taken.append((descriptor, bytes))
        }
    }

    /// Who sent a message: `127.0.0.1:40000`, or `process 17, user 0`. Nil if that is not known. For
    /// people: when the connection is gone, it can be another's.
    package func peer(of message: borrowing Multipart) -> String? {
        let descriptor = message.sourceDescriptor
        return descriptor >= 0 ? ledger?.peer(of: descriptor) : nil
    }

    /// Ends a turn of receiving.
    ///
    /// - Parameter isEmpty: whether nothing more was there.
    package func settle(isEmpty: Bool) {
        guard let ledger else { return }
        for (descriptor, bytes) in taken { ledger.took(bytes, from: descriptor) }
        taken.removeAll(keepingCapacity: true)
        if isEmpty { socket.timesEmpty.add(1, ordering: .sequentiallyConsistent) }
        ledger.settle()
    }
}
