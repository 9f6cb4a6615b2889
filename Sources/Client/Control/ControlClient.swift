package import Wire
package import ZeroMQ

/// Sends requests to a daemon's control socket. Each answer must arrive within the timeout.
package struct ControlClient: ~Copyable {
    private var socket: MonitoredSocket
    private let endpoint: Endpoint
    private let timeout: Duration
    private let isEncrypted: Bool
    private var message: Multipart
    /// Without a daemon, a request fails before the timeout, unless there was one.
    var failsAtOnce = false
    /// A request whose connection was lost is sent again: for operations that may be carried out twice.
    var repeatsLost = false
    private var isLost = false
    private var lastID: UInt64 = 0
    private var isConnected = false

    /// Pause before a busy daemon is asked again.
    private static let pause = Duration.milliseconds(50)

    /// - Throws: `ZeroMQError`. A missing daemon shows with the first request.
    ///
    /// - Parameter mostFrames: of an answer.
    package init(
        _ endpoint: Endpoint, timeout: Duration, curve: SocketOptions.CurveClient? = nil,
        mostFrames: Int = 3
    ) throws(ZeroMQError) {
        message = Multipart(frameLimit: mostFrames)
        var options = SocketOptions()
        options.curve = curve
        isEncrypted = curve != nil
        options.linger = .zero
        socket = try MonitoredSocket(.dealer, to: endpoint, in: Context(), options)
        self.endpoint = endpoint
        self.timeout = timeout
    }

    /// The answer's result and the frames after it: for `get` a snapshot, for `backfill` events.
    ///
    /// - Throws: `ClientError`: `declined`, or `unavailable` without an answer in time.
    package mutating func ask<Value: Decodable>(
        _ operation: ControlRequest.Operation, payload: [UInt8]? = nil,
        for type: Value.Type = Value.self
    ) throws -> (result: Value, payload: [[UInt8]]) {
        let deadline = ContinuousClock.now + timeout
        while true {
            let reply = try reply(to: operation, payload, by: deadline)
            do {
                return (try reply.result(as: type), reply.payload)
            } catch let refusal as ControlRefusal {
                let isOver = ContinuousClock.now + Self.pause >= deadline
                guard refusal.code == ControlRefusal.Code.busy, !isOver else {
                    throw ClientError.declined(refusal, by: endpoint)
                }
                try pause(Self.pause)
            } catch let error as MalformedControlReply {
                throw ClientError.unavailable(endpoint, "\(error)")
            }
        }
    }

    private mutating func reply(
        to operation: ControlRequest.Operation, _ payload: [UInt8]?,
        by deadline: ContinuousClock.Instant
    ) throws -> ControlReply {
        lastID += 1
        let request = ControlRequest(operation, id: lastID)
        let frames = [request.json] + (payload.map { [$0] } ?? [])
        isLost = false
        _ = try socket.socket.send(frames, wait: .never)
        while true {
            if repeatsLost, isLost, isConnected {
                isLost = false
                _ = try socket.socket.send(frames, wait: .never)
            }
            if let reply = try receive() { return reply }
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw silence }
            try wait(left)
        }
    }

    /// The answer to the last request. Late answers to earlier requests are dropped.
    private mutating func receive() throws -> ControlReply? {
        while try socket.socket.receive(into: &message, wait: .never) {
            do throws(MalformedControlReply) {
                let reply = try ControlReply(frames: message.copyFrames())
                if reply.id == lastID || reply.id == nil { return reply }
            } catch {
                throw ClientError.unavailable(endpoint, "\(error)")
            }
        }
        return nil
    }

    private mutating func wait(_ time: Duration) throws {
        var poller = Poller()
        poller.add(socket.socket)
        poller.add(socket.monitor)
        try poller.wait(timeout: time)
        while let event = try socket.monitor.next() { try note(event.kind) }
    }

    /// Waits between two requests.
    func pause(_ time: Duration) throws(ZeroMQError) {
        var poller = Poller()
        poller.add(socket.socket)
        try poller.wait(timeout: time)
    }

    private mutating func note(_ event: MonitorEvent.Kind) throws(ClientError) {
        switch event {
        case .handshakeSucceeded: (isConnected, failsAtOnce) = (true, false)
        case .disconnected: (isConnected, isLost) = (false, true)
        case .connectRetried where endpoint.isDenied || failsAtOnce: throw silence
        case .handshakeFailed(let failure)
        where endpoint.denial(failure, isEncrypted: isEncrypted) != nil:
            throw .denied(endpoint, endpoint.denial(failure, isEncrypted: isEncrypted) ?? "")
        case .handshakeFailed(.protocol):
            throw .unavailable(endpoint, "the peer is not a control socket")
        default: break
        }
    }

    private var silence: ClientError {
        .unavailable(
            endpoint,
            isConnected
                ? "no answer in \(timeout); the stream may have a long backlog, or the store may be "
                    + "full: wait longer with --timeout"
                : endpoint.silence(orElse: "; is the daemon running, with a control socket?"))
    }
}
