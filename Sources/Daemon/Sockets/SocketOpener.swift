package import ZeroMQ

/// Opens the daemon's sockets: sets their options, binds them behind the gate, and connects them.
package struct SocketOpener: Sendable {
    private let context: Context
    private let gate: Gate?
    let limits: Configuration.Limits

    /// - Parameter gate: nil where sockets are bound directly, within a process.
    package init(_ context: Context, gate: Gate? = nil, limits: Configuration.Limits) {
        self.context = context
        self.gate = gate
        self.limits = limits
    }

    /// Opens a socket on the calling thread, which owns it from then on.
    ///
    /// - Parameters:
    ///   - topics: of a SUB: beginnings of the messages to receive.
    ///   - traffic: what peers that connect may send.
    ///   - isAdministrative: it serves operators, also while the daemon is about to stop.
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be bound or connected.
    func open(
        _ kind: SocketKind, options: SocketOptions, topics: [[UInt8]] = [],
        bind: [Endpoint], connect: [Endpoint] = [], traffic: GateRules.Traffic,
        isAdministrative: Bool = false
    ) throws(ZeroMQError) -> OpenSocket {
        let socket = try Socket(kind, in: context, options: options)
        for topic in topics { try socket.subscribe(topic) }
        var opened = OpenSocket(
            socket, options, traffic, gate: gate, limits: limits,
            isAdministrative: isAdministrative)
        for endpoint in bind { try opened.bind(endpoint, limits) }
        for endpoint in connect { try opened.connect(endpoint) }
        return opened
    }

    /// Begins to listen, on any thread, for a socket that will be bound there. Nil without a gate.
    func listen(
        at endpoint: Endpoint, _ options: SocketOptions
    ) throws(ZeroMQError) -> GateOpening? {
        try gate?.listen(at: endpoint, options)
    }
}
