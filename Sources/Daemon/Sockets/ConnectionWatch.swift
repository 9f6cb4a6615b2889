import ZeroMQ

/// Follows the connections that a socket begins: reports handshakes that fail, and tries again where
/// libzmq gives up. It does after a refused key and after another mechanism than its own, although
/// the server may be mended any time. It belongs to the socket's thread.
final class ConnectionWatch {
    private var monitor: SocketMonitor
    private let log: ConnectionLog
    private let pause: Duration
    private var retries: [Endpoint: ContinuousClock.Instant] = [:]
    /// In the thread's poller.
    private var item: Int?

    init(
        _ socket: borrowing Socket, _ options: SocketOptions, _ log: ConnectionLog
    ) throws(ZeroMQError) {
        monitor = try socket.monitor(.failedHandshakes)
        self.log = log
        pause = max(options.reconnectInterval, options.reconnectIntervalMax)
    }

    func watch(by poller: inout Poller) { item = poller.add(monitor) }

    /// How long until a connection is due to be begun again; nil for none.
    var timeout: Duration? {
        retries.values.min().map { max(.zero, ContinuousClock.now.duration(to: $0)) }
    }

    /// Reads what the poller has found.
    ///
    /// - Parameters:
    ///   - connected: endpoints of TCP where the socket connects.
    ///   - again: begins the connection to one of them anew.
    func proceed(
        _ poller: borrowing Poller, connected: [Endpoint],
        again: (Endpoint) throws(ZeroMQError) -> Void
    ) throws(ZeroMQError) {
        if let item, poller.isReadable(item) { try readEvents(connected) }
        guard !retries.isEmpty else { return }
        let now = ContinuousClock.now
        for (endpoint, time) in retries where time <= now {
            retries[endpoint] = nil
            guard connected.contains(endpoint) else { continue }
            do throws(ZeroMQError) { try again(endpoint) } catch { retries[endpoint] = now + pause }
        }
    }

    private func readEvents(_ connected: [Endpoint]) throws(ZeroMQError) {
        while let event = try monitor.next() {
            guard case .handshakeFailed(let failure) = event.kind,
                // At bound endpoints it is the gate that knows of failures.
                event.endpoint.hasPrefix("tcp://")
            else { continue }
            let endpoint = Self.endpoint(event.endpoint, among: connected)
            log.add(ConnectionFailure(failure), endpoint: endpoint?.text ?? event.endpoint)
            if let endpoint, failure.endsConnecting {
                retries[endpoint] = .now + pause
            }
        }
    }

    /// libzmq writes a name as it was given, and after the first attempt as its address.
    private static func endpoint(_ text: String, among connected: [Endpoint]) -> Endpoint? {
        if let same = connected.first(where: { $0.text == text }) { return same }
        let port = text.split(separator: ":").last
        let alike = connected.filter { $0.text.split(separator: ":").last == port }
        return alike.count == 1 ? alike[0] : nil
    }
}

extension MonitorEvent.HandshakeFailure {
    /// Whether libzmq does not try again by itself (session_base.cpp, `engine_error`).
    fileprivate var endsConnecting: Bool {
        switch self {
        case .connection: false
        case .protocol, .mechanism, .authentication: true
        }
    }
}
