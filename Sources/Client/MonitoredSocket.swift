import ZeroMQ

/// A socket that connects to one endpoint, and the events of its connection.
struct MonitoredSocket: ~Copyable {
    let socket: Socket
    var monitor: SocketMonitor

    init(
        _ kind: SocketKind, to endpoint: Endpoint, in context: Context, _ options: SocketOptions,
        topics: [[UInt8]] = []
    ) throws(ZeroMQError) {
        let socket = try Socket(kind, in: context, options: options)
        let monitor = try socket.monitor()
        for topic in topics { try socket.subscribe(topic) }
        try socket.connect(endpoint)
        self.socket = socket
        self.monitor = monitor
    }
}
