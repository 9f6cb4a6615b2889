import Glibc
import Metrics
import Synchronization

/// An endpoint at the gate: where peers connect, the rules for them, and where libzmq listens.
final class GateEndpoint: Sendable {
    let listener: GateListener
    let rules: GateRules
    /// Nil for no encryption.
    let security: GateSecurity?
    let linger: Duration
    let socket: GateLedger.SocketAccount
    /// All connections, and those of them that are through the handshake.
    let connections: Gauge
    let peers: Gauge
    let readers: GateReaders
    private let inner: String
    private let isLeft = Atomic<Bool>(false)

    /// libzmq no longer listens.
    var isAbandoned: Bool { isLeft.load(ordering: .relaxed) }
    /// Whether connections of both arrive at the same place.
    func isSame(as other: GateEndpoint) -> Bool { listener === other.listener }

    /// - Parameter inner: libzmq's name in the abstract namespace.
    init(
        _ listener: GateListener, _ rules: GateRules, _ security: GateSecurity?,
        linger: Duration, inner: String, socket: GateLedger.SocketAccount, peers: Gauge,
        readers: GateReaders,
        connections: Gauge = Gauge("connections", "Connections of one endpoint")
    ) {
        self.listener = listener
        self.rules = rules
        self.security = security
        self.linger = linger
        self.inner = inner
        self.socket = socket
        self.peers = peers
        self.readers = readers
        self.connections = connections
    }

    /// The same endpoint with other rules.
    func with(_ rules: GateRules) -> GateEndpoint {
        GateEndpoint(
            listener, rules, security, linger: linger, inner: inner, socket: socket, peers: peers,
            readers: readers, connections: connections)
    }

    /// A connection to libzmq, with its name; nil if libzmq no longer listens. libzmq's I/O thread
    /// accepts at once, so this does not wait for a peer.
    func connectInside() -> (stream: ByteStream, name: UInt64)? {
        let address = SocketAddress(path: "\0" + inner)
        guard let descriptor = try? address.open(isBlocking: true) else { return nil }
        let stream = ByteStream(descriptor)
        guard let name = SocketAddress.bindToNumber(descriptor) else { return nil }
        guard address.connect(descriptor) else {
            if errno == ECONNREFUSED { isLeft.store(true, ordering: .relaxed) }
            return nil
        }
        return (stream, name)
    }
}
