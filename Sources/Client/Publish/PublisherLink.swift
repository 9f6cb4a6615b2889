import Wire
import ZeroMQ

/// A publisher's socket and the state of its peer.
///
/// It is an XPUB (or PUSH) socket: unlike PUB it reports subscriptions, and waits for room instead of
/// dropping messages. libzmq reconnects by itself and keeps its queue.
struct PublisherLink: ~Copyable {
    /// Notices for the user.
    var notices: [String] = []
    private(set) var isInterrupted = false

    private var socket: MonitoredSocket
    private var connection: ConnectionReport
    private var subscriptions: Set<[UInt8]> = []
    private var message = Multipart(frameLimit: 1)
    private let options: PublisherOptions
    private let interruption: Interruption

    init(
        _ options: PublisherOptions, in context: Context, interruption: Interruption
    ) throws(ZeroMQError) {
        var socketOptions = SocketOptions()
        socketOptions.linger = options.plainLinger
        socketOptions.curve = options.curve
        // A send without room must still notice an interruption.
        socketOptions.sendTimeout = .milliseconds(100)
        socket = try MonitoredSocket(
            options.way == .push ? .push : .xpub, to: options.endpoint, in: context, socketOptions)
        self.options = options
        self.interruption = interruption
        connection = ConnectionReport(
            options.endpoint, isEncrypted: options.curve != nil)
    }

    var isConnected: Bool { connection.isConnected }

    /// Whether a peer takes the messages.
    var isReady: Bool {
        options.way == .push
            ? isConnected : subscriptions.contains { options.stream.utf8.starts(with: $0) }
    }

    /// Waits until the connection changes, `input` is readable, or the user interrupts.
    ///
    /// - Returns: whether `input` is readable.
    @discardableResult
    mutating func wait(
        for input: Descriptor? = nil, timeout: Duration? = nil
    ) throws -> Bool {
        // Made anew each time: a closed input that no thread waits for would end every wait.
        var poller = Poller()
        let interruption = poller.add(interruption.wake)
        poller.add(socket.monitor)
        if options.way == .publish { poller.add(socket.socket) }
        let index = input.map { poller.add(fileDescriptor: $0.number, owner: $0) }
        try poller.wait(timeout: timeout)
        isInterrupted = isInterrupted || poller.isReadable(interruption)
        try readMonitor()
        if options.way == .publish { try readSubscriptions() }
        guard let index else { return false }
        return !poller.events(at: index).isEmpty
    }

    /// Sends the frames. Waits for room until interrupted; returns whether they were sent.
    mutating func send(_ frames: [[UInt8]]) throws -> Bool {
        while try socket.socket.send(frames) == .wouldBlock {
            try wait(timeout: .zero)
            if isInterrupted { return false }
        }
        return true
    }

    private mutating func readMonitor() throws {
        while let event = try socket.monitor.next() {
            if let text = connection.note(event.kind) { notices.append(text) }
        }
        try connection.checkAdmitted()
    }

    private mutating func readSubscriptions() throws(ZeroMQError) {
        while try socket.socket.receive(into: &message, wait: .never) {
            guard let wish = message.withFrame(0, { Subscription($0) }) else { continue }
            switch wish.change {
            case .subscribed: subscriptions.insert(wish.topic)
            case .unsubscribed: subscriptions.remove(wish.topic)
            }
        }
    }
}
