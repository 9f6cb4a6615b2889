import Wire
import ZeroMQ

/// A DEALER socket to an acknowledged input; a new one for each connection.
///
/// libzmq would reconnect by itself and then send its queue, although messages that it sent just
/// before may be lost. A later number would arrive before an earlier one, and the daemon would take
/// the earlier one for a duplicate. A socket that serves one connection delivers a prefix of its
/// messages and nothing else.
struct ReliableLink: ~Copyable {
    /// Notices for the user.
    var notices: [String] = []
    private(set) var isInterrupted = false

    private var socket: MonitoredSocket
    private var connection: ConnectionReport
    private var message = Multipart(frameLimit: 3)
    /// When to reconnect; nil while the socket is connected or connecting.
    private var reopening: ContinuousClock.Instant?
    private var pause = Self.firstPause
    private var isNew = false
    private let endpoint: Endpoint
    private let options: SocketOptions
    private var hasConnected = false
    private let context: Context
    private let interruption: Interruption

    /// Pauses before reconnecting; they double until an answer arrives.
    private static let firstPause = Duration.milliseconds(100)
    private static let longestPause = Duration.seconds(5)

    init(
        _ endpoint: Endpoint, _ curve: SocketOptions.CurveClient?, in context: Context,
        interruption: Interruption
    ) throws(ZeroMQError) {
        options = Self.options(curve)
        socket = try MonitoredSocket(.dealer, to: endpoint, in: context, options)
        self.endpoint = endpoint
        self.context = context
        self.interruption = interruption
        connection = ConnectionReport(endpoint, isEncrypted: curve != nil)
    }

    private static func options(_ curve: SocketOptions.CurveClient?) -> SocketOptions {
        var options = SocketOptions()
        options.curve = curve
        options.reconnects = false
        // This type waits for acknowledgements; libzmq does not wait for deliveries.
        options.linger = .zero
        // Detects a peer or a network that hangs.
        options.heartbeat = .init()
        return options
    }

    var isConnected: Bool { connection.isConnected }

    /// Whether there is a new connection since the last call.
    mutating func takeIsNew() -> Bool {
        defer { isNew = false }
        return isNew
    }

    /// Called for each answer: the pauses begin anew.
    mutating func noteProgress() { pause = Self.firstPause }

    /// Sends without waiting; false if there is no room or no connection.
    mutating func send(_ frames: [[UInt8]]) throws(ZeroMQError) -> Bool {
        guard reopening == nil else { return false }
        return try socket.socket.send(frames, wait: .never) == .sent
    }

    /// The next answer; nil if none has arrived.
    mutating func receive() throws -> ReceivedAcknowledgement? {
        guard try socket.socket.receive(into: &message, wait: .never) else { return nil }
        do throws(MalformedAcknowledgement) {
            return try ReceivedAcknowledgement(frames: message.copyFrames())
        } catch {
            throw ClientError.unavailable(endpoint, "\(error)")
        }
    }

    /// Waits until an answer arrives, the connection changes, there is room (with `forRoom`), `input`
    /// is readable, or the user interrupts.
    ///
    /// - Returns: whether `input` is readable.
    mutating func wait(
        for input: Descriptor?, forRoom: Bool, timeout: Duration?
    ) throws -> Bool {
        // Made anew each time: a closed input that no thread waits for would end every wait.
        var poller = Poller()
        let interruption = isInterrupted ? nil : poller.add(interruption.wake)
        poller.add(socket.monitor)
        let events: Poller.Events =
            forRoom && reopening == nil ? [.readable, .writable] : .readable
        poller.add(socket.socket, for: events)
        let index = input.map { poller.add(fileDescriptor: $0.number, owner: $0) }
        try poller.wait(timeout: [timeout, untilReopening].compactMap(\.self).min())
        if let interruption, poller.isReadable(interruption) { isInterrupted = true }
        try readMonitor()
        if let reopening, reopening <= .now { try reopen() }
        guard let index else { return false }
        return !poller.events(at: index).isEmpty
    }

    private var untilReopening: Duration? {
        reopening.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
    }

    private mutating func readMonitor() throws {
        while let event = try socket.monitor.next() {
            if let text = connection.note(event.kind) { notices.append(text) }
            hasConnected = hasConnected || connection.isConnected
            // Later it waits: messages may be on their way that another run could not number.
            if !hasConnected { try connection.checkAdmitted() }
            switch event.kind {
            case .disconnected, .closed, .handshakeFailed:
                guard reopening == nil else { continue }
                reopening = .now + pause
                pause = min(pause * 2, Self.longestPause)
            default: break
            }
        }
    }

    private mutating func reopen() throws(ZeroMQError) {
        socket = try MonitoredSocket(.dealer, to: endpoint, in: context, options)
        reopening = nil
        isNew = true
    }
}
