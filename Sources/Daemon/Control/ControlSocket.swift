import Glibc
import Wire
import ZeroMQ

/// The ROUTER itself, and how its messages are made. Lives on the control thread.
final class ControlSocket {
    let endpoints: [Endpoint]
    private let socket: Socket
    private var message = Multipart(frameLimit: Envelope.most + 3)
    private let tap: GateTap

    /// A message with its sender.
    struct Received {
        /// The frames before it, which go before its answer, too.
        let envelope: [[UInt8]]
        let request: Result<ControlRequest, ControlRefusal>
        let id: UInt64?
        let payload: [UInt8]?
    }

    init(_ bind: [Endpoint], context: Context, doors: Doors) throws {
        socket = try Socket(.router, in: context, options: Self.options)
        tap = doors.makeTap()
        // A socket file that only this user may connect to, whatever the umask.
        let mask = umask(0o177)
        defer { umask(mask) }
        endpoints = try doors.attach(
            socket, bind: bind, options: Self.options, traffic: .messages, tap: tap)
    }

    /// Few messages, but some are large: what may wait for a peer, or from it, is bounded. Answers to
    /// all requests that may be open at once find room, even where libzmq has told only of half of
    /// what the peer has read.
    private static let options = {
        var options = SocketOptions()
        options.sendHighWaterMark = 256
        options.receiveHighWaterMark = 64
        options.maxMessageSize = 64 << 20
        return options
    }()

    /// Far more than any operation takes.
    private static let requestBytes = 64 << 10

    func watch(by poller: inout Poller) { poller.add(socket) }

    /// The next message, without waiting.
    func receive() throws -> Received? {
        guard try socket.receive(into: &message, wait: .never) else {
            tap.settle(isEmpty: true)
            return nil
        }
        tap.took(message, added: 1)
        defer {
            message.removeAll()
            tap.settle(isEmpty: false)
        }
        let all = message.count + message.droppedFrameCount
        let first = Envelope.frameCount(ofControl: message)
        let envelope = (0..<min(first, message.count)).map { message.copyFrame($0) }
        guard (1...2).contains(all - first) else {
            return Received(
                envelope: envelope,
                request: .failure(
                    ControlRefusal(
                        ControlRefusal.Code.request,
                        "the message has \(all - first) frames; expected a JSON object and, for "
                            + "op put, a snapshot")), id: nil, payload: nil)
        }
        guard message.frameByteCount(first) <= Self.requestBytes else {
            return Received(
                envelope: envelope,
                request: .failure(
                    ControlRefusal(
                        ControlRefusal.Code.request,
                        "the request has \(message.frameByteCount(first)) bytes; expected a JSON "
                            + "object of at most \(Self.requestBytes)")), id: nil, payload: nil)
        }
        let json = message.copyFrame(first)
        let payload = all - first == 2 ? message.copyFrame(first + 1) : nil
        return Received(
            envelope: envelope, request: Self.request(json, payload),
            id: ControlRequest.id(in: json), payload: payload)
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

    /// Answers without waiting. What its asker does not read, or is not there to read, is dropped.
    func send(_ reply: ControlReply, to envelope: [[UInt8]]) throws {
        do throws(ZeroMQError) {
            _ = try socket.send(envelope + reply.frames, wait: .never)
        } catch let error where error.code == .hostUnreachable {
        }
    }
}
