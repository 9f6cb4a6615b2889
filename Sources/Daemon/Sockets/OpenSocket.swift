import Metrics
import Threads
import ZeroMQ

/// A socket at its endpoints, with its side of the gate. It belongs to the thread that opened it.
struct OpenSocket: ~Copyable {
    let socket: Socket
    /// Where it is bound and connected, wildcards filled in.
    let endpoints: [Endpoint]
    let credit: GateCredit
    var sendQueue: SendQueueLimit

    /// All its endpoints, as requests and logs name them.
    var endpointText: String { endpoints.map(\.text).joined(separator: " ") }

    /// Takes the next message, if there is one, without waiting.
    func receive(into message: inout Multipart) throws(ZeroMQError) -> Bool {
        guard try socket.receive(into: &message, wait: .never) else { return false }
        credit.took(message, added: socket.kind == .router ? 1 : 0)
        return true
    }

    /// Sends a reply without waiting. False if the peer is gone or does not read its replies.
    func reply(_ frames: [[UInt8]]) throws(ZeroMQError) -> Bool {
        do throws(ZeroMQError) {
            return try socket.send(frames, wait: .never) == .sent
        } catch let error where error.code == .hostUnreachable {
            return false
        }
    }

    /// Sets how many messages may wait for each peer, by their size and the number of peers now.
    mutating func limitSendQueue() throws(ZeroMQError) {
        guard let count = sendQueue.change(readers: credit.connections.value) else { return }
        try socket.setSendHighWaterMark(count)
    }
}
