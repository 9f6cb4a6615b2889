import Curve
import Metrics
package import ZeroMQ

/// Opens the daemon's sockets: sets their options, binds them behind the gate, and connects them.
package struct SocketOpener: Sendable {
    private let context: Context
    private let gate: Gate?
    let limits: Configuration.Limits
    /// Nil for no encryption.
    let access: AccessControl?
    /// Nil for no limits on messages.
    let intake: IntakeLimits?
    /// Told of connections that fail where the daemon connects; nil for nobody.
    private let connections: ConnectionLog?
    /// Mode and group of the files of ipc endpoints.
    private let files: (mode: UInt32, group: UInt32?)

    /// - Parameters:
    ///   - gate: nil where sockets are bound directly, within a process.
    ///   - access: who may connect to endpoints of TCP, which are encrypted then; nil for no
    ///     encryption.
    ///   - intake: the limits on the messages of inputs.
    ///   - connections: told of connections that fail where the daemon connects.
    ///   - files: mode and group of the files of ipc endpoints.
    package init(
        _ context: Context, gate: Gate? = nil, limits: Configuration.Limits,
        access: AccessControl? = nil, intake: IntakeLimits? = nil,
        connections: ConnectionLog? = nil,
        files: (mode: UInt32, group: UInt32?) = (0o600, nil)
    ) {
        self.intake = intake
        self.connections = connections
        self.context = context
        self.gate = gate
        self.limits = limits
        self.access = access
        self.files = files
    }

    /// Opens a socket on the calling thread, which owns it from then on.
    ///
    /// - Parameters:
    ///   - topics: of a SUB: beginnings of the messages to receive.
    ///   - traffic: what peers that connect may send.
    ///   - purpose: what they may connect for.
    ///   - readers: of a socket that publishes: those at the gate.
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be bound or connected.
    func open(
        _ kind: SocketKind, options: SocketOptions, topics: [[UInt8]] = [],
        bind: [Endpoint], connect: [Endpoint] = [], traffic: GateRules.Traffic,
        for purpose: AccessPurpose, readers: GateReaders? = nil
    ) throws(ZeroMQError) -> OpenSocket {
        let options = withFiles(options, for: purpose)
        let socket = try Socket(kind, in: context, options: options)
        for topic in topics { try socket.subscribe(topic) }
        var opened = OpenSocket(
            socket, options, traffic, access?.security(for: purpose), gate: gate, limits: limits,
            isAdministrative: purpose == .control,
            readers: readers
                ?? gate?.makeReaders(purpose == .control ? .standard : limits.answers))
        if let connections, purpose != .control { try opened.watchConnections(connections) }
        for endpoint in bind { try opened.bind(endpoint, limits) }
        for endpoint in connect { try opened.connect(endpoint) }
        return opened
    }

    /// The keys for connections of TCP that a socket begins; nil for no encryption.
    ///
    /// - Parameter serverKey: the server's public key, or its file.
    /// - Throws: `CurveKeyError`.
    func curve(_ serverKey: String?) throws(CurveKeyError) -> SocketOptions.CurveClient? {
        guard let serverKey else { return nil }
        guard let access, ZeroMQLibrary.hasCurve else {
            throw CurveKeyError(
                path: serverKey,
                problem: access == nil
                    ? "needs access.server_key, the daemon's own keys"
                    : "cannot be used: this libzmq is built without CURVE")
        }
        return access.client(of: try CurvePublicKey(textOrFile: serverKey))
    }

    /// The readers of an output's socket. Nil without a gate.
    func makeReaders(
        _ rule: GateReaders.Rule, disconnected: Counter, lost: Counter
    ) -> GateReaders? {
        gate?.makeReaders(rule, disconnected: disconnected, lost: lost)
    }

    /// Begins to listen, on any thread, for a socket that will be bound there. Nil without a gate.
    func listen(
        at endpoint: Endpoint, _ options: SocketOptions, for purpose: AccessPurpose
    ) throws(ZeroMQError) -> GateOpening? {
        try gate?.listen(at: endpoint, withFiles(options, for: purpose))
    }

    /// With mode and group of socket files. The control socket's is the daemon's user's own.
    private func withFiles(_ options: SocketOptions, for purpose: AccessPurpose) -> SocketOptions {
        var options = options
        if purpose != .control { (options.ipcMode, options.ipcGroup) = files }
        return options
    }
}
