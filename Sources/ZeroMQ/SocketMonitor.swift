import CZeroMQ
import Synchronization

/// Reads the events of a socket's connections, on the socket's own thread.
///
/// Events wait in memory until they are read, so watch it with the `Poller` that serves the socket.
package struct SocketMonitor: ~Copyable {
    let socket: Socket
    private weak let monitored: SocketHandle?
    private var message = Multipart(frameLimit: 2)

    private static let count = Atomic(0)

    /// Which events it reads.
    package enum Interest: Sendable {
        case all
        /// Only handshakes that fail.
        case failedHandshakes

        fileprivate var mask: Int32 {
            switch self {
            case .all: ZMQ_EVENT_ALL
            case .failedHandshakes:
                ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                    | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
            }
        }
    }

    init(
        _ monitored: SocketHandle, in context: Context, _ interest: Interest
    ) throws(ZeroMQError) {
        let number = Self.count.add(1, ordering: .relaxed).newValue
        let endpoint = "inproc://sluice-monitor-\(number)"
        guard unsafe zmq_socket_monitor(monitored.pointer, endpoint, interest.mask) == 0 else {
            throw .last(.monitor)
        }
        // With a bounded queue libzmq's I/O thread would wait for us when it is full.
        var options = SocketOptions()
        options.receiveHighWaterMark = 0
        let socket = try Socket(.pair, in: context, options: options)
        try socket.connect(Endpoint(inproc: endpoint))
        self.socket = socket
        self.monitored = monitored
    }

    deinit {
        guard let monitored else { return }
        unsafe zmq_socket_monitor(monitored.pointer, nil, 0)
    }

    /// The next event; nil if there is none in the time allowed.
    package mutating func next(wait: Wait = .never) throws(ZeroMQError) -> MonitorEvent? {
        guard try socket.receive(into: &message, wait: wait) else { return nil }
        // Frames: event u16 and value u32, in the machine's byte order; the endpoint.
        let kind = message.withFrame(0) { frame in
            unsafe frame.withUnsafeBytes { bytes in
                MonitorEvent.Kind(
                    event: unsafe bytes.loadUnaligned(as: UInt16.self),
                    value: unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
            }
        }
        return MonitorEvent(
            kind: kind, endpoint: String(decoding: message.copyFrame(1), as: UTF8.self))
    }
}

extension Socket {
    /// Begins to report what happens to this socket's connections; begin before `bind` or
    /// `connect`.
    package func monitor(
        _ interest: SocketMonitor.Interest = .all
    ) throws(ZeroMQError) -> SocketMonitor {
        try SocketMonitor(handle, in: handle.context, interest)
    }
}
