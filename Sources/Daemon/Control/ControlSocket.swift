import Metrics
import Wire
import ZeroMQ

/// The ROUTER, and the format of its messages. It belongs to the control thread.
final class ControlSocket {
    private var socket: OpenSocket
    private let access: AccessControl?
    private var keys: AccessControl.Reader?
    private var message = Multipart(frameLimit: Envelope.longest + 3)

    /// A message with its sender.
    struct Received {
        let envelope: Envelope
        let sender: ControlSender
        let request: Result<ControlRequest, ControlRefusal>
        let id: UInt64?
        let payload: [UInt8]?
    }

    init(_ bind: [Endpoint], opener: SocketOpener) throws(ZeroMQError) {
        socket = try opener.open(
            .router, options: Self.options, bind: bind, traffic: .messages, for: .control)
        access = opener.access
        keys = opener.access?.makeReader()
    }

    /// Takes other endpoints and limits.
    func apply(_ change: SocketChange) throws(ZeroMQError) { try socket.apply(change) }

    var endpoints: [Endpoint] { socket.endpoints }
    var endpointText: String { socket.endpointText }

    /// Few messages, but some are large, so the queues to and from a peer are bounded. Answers to
    /// all requests that may be open at once find room, even where libzmq has noticed only half of
    /// what the peer has read.
    static let options = {
        var options = SocketOptions()
        options.sendHighWaterMark = 256
        options.receiveHighWaterMark = 64
        options.maxMessageSize = 64 << 20
        return options
    }()

    /// Bytes of a request at most, far more than any operation takes.
    private static let requestBytes = 64 << 10

    func watch(by poller: inout Poller) { poller.add(socket.socket) }

    /// The next message, without waiting.
    func receive() throws -> Received? {
        guard try socket.receive(into: &message) else {
            socket.credit.settle(isEmpty: true)
            return nil
        }
        defer {
            message.removeAll()
            socket.credit.settle(isEmpty: false)
        }
        let all = message.count + message.droppedFrameCount
        let first = Envelope.frameCount(ofControl: message)
        let envelope = Envelope(of: message, frames: first)
        let sender = sender
        guard (1...2).contains(all - first) else {
            return Self.refused(
                envelope, sender,
                "the message has \(all - first) frames; expected a JSON object and, for op put, a "
                    + "snapshot")
        }
        guard message.frameByteCount(first) <= Self.requestBytes else {
            return Self.refused(
                envelope, sender,
                "the request has \(message.frameByteCount(first)) bytes; expected a JSON object of "
                    + "at most \(Self.requestBytes)")
        }
        let json = message.copyFrame(first)
        let payload = all - first == 2 ? message.copyFrame(first + 1) : nil
        return Received(
            envelope: envelope, sender: sender, request: Self.request(json, payload),
            id: ControlRequest.id(in: json), payload: payload)
    }

    private var sender: ControlSender {
        var sender = ControlSender(peer: socket.credit.sender(of: message)?.peer)
        // Without a key it came by an endpoint that is not encrypted.
        guard let publicKey = message.senderKey else { return sender }
        sender.key = keys?.key(publicKey)
        sender.isRevoked = sender.key == nil
        return sender
    }

    /// A request was refused because of its sender's key.
    func countRefusal() { access?.statistics.requests.add() }

    private static func refused(
        _ envelope: Envelope, _ sender: ControlSender, _ reason: String
    ) -> Received {
        Received(
            envelope: envelope, sender: sender,
            request: .failure(ControlRefusal(ControlRefusal.Code.request, reason)), id: nil,
            payload: nil)
    }

    private static func request(
        _ json: [UInt8], _ payload: [UInt8]?
    ) -> Result<ControlRequest, ControlRefusal> {
        do throws(ControlRefusal) {
            let request = try ControlRequest(json: json)
            if case .put = request.operation {
                guard payload != nil else { throw misplaced("no snapshot; expected one") }
            } else if payload != nil {
                throw misplaced("a second frame; only op put takes one")
            }
            return .success(request)
        } catch {
            return .failure(error)
        }
    }

    private static func misplaced(_ found: String) -> ControlRefusal {
        ControlRefusal(ControlRefusal.Code.request, "the request came with \(found)")
    }

    /// Answers without waiting. An answer that its peer does not read is dropped.
    func send(_ reply: ControlReply, to envelope: Envelope) throws(ZeroMQError) {
        _ = try socket.reply(envelope.frames + reply.frames)
    }
}
