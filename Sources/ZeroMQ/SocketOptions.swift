package import Curve

/// What can be set on a socket before it is bound or connected; nil leaves libzmq's default.
package struct SocketOptions: Equatable, Sendable {
    /// Messages queued to each peer; 0 for no limit.
    package var sendHighWaterMark = 1000
    /// Messages queued from each peer; 0 for no limit.
    package var receiveHighWaterMark = 1000
    /// How long unsent messages outlive their socket. Always bounded.
    package var linger: Duration = .seconds(1)
    /// How long a send may wait for room; nil for any time.
    package var sendTimeout: Duration?
    /// How long a receive may wait for a message; nil for any time.
    package var receiveTimeout: Duration?
    /// Bytes of the largest frame accepted; a peer that sends a larger one is disconnected.
    package var maxMessageSize: Int64?
    package var tcpKeepalive: TCPKeepalive? = TCPKeepalive()
    package var heartbeat: Heartbeat?
    /// Reconnect after a loss. Without it a socket serves one connection, and its queue is lost
    /// with that.
    package var reconnects = true
    /// Pause before the first attempt to connect again; doubles up to `reconnectIntervalMax`.
    package var reconnectInterval: Duration = .milliseconds(100)
    package var reconnectIntervalMax: Duration = .seconds(5)
    /// Time for a new connection's handshake.
    package var handshakeInterval: Duration?
    /// Queue only to complete connections.
    package var immediate = false
    /// Resolve names to IPv6 addresses too, and listen on them with `*`. An IPv6 address that is
    /// given as such is always bound and connected.
    package var ipv6 = false
    /// Connections waiting to be accepted.
    package var backlog: Int?
    /// On PUB and XPUB: a full subscriber makes a send wait or report it, instead of dropping the
    /// message silently.
    package var noDrop = true
    /// On XPUB: pass on every peer's subscription, not only the first to a topic.
    package var xpubVerbose = false
    /// On ROUTER: a send to an unknown peer is an error, and one to a full peer waits.
    package var routerMandatory = true
    /// On ROUTER: a peer that reconnects under the same routing id takes over the old connection.
    package var routerHandover = true
    /// The name by which a ROUTER knows this socket: 1 to 255 bytes, the first not 0.
    package var routingID: [UInt8]?

    /// To connect to encrypted endpoints.
    package var curve: CurveClient?
    /// Of the file of an ipc endpoint that is bound behind a gate.
    package var ipcMode: UInt32 = 0o600
    /// The group of that file; nil for the process's own.
    package var ipcGroup: UInt32?

    package init() {}

    /// Probes of the operating system on an idle TCP connection.
    package struct TCPKeepalive: Equatable, Sendable {
        package var idle = Duration.seconds(60)
        package var interval = Duration.seconds(10)
        package var count = 6

        package init() {}
    }

    /// Pings of libzmq on every connection, which also find a peer that hangs.
    package struct Heartbeat: Equatable, Sendable {
        package var interval = Duration.seconds(5)
        /// How long an answer may take before the connection is closed.
        package var timeout = Duration.seconds(15)
        /// How long the peer may wait for our next ping, in steps of 100 ms.
        package var timeToLive: Duration?

        package init() {}
    }

    /// A client's keys, and the key of the server that it expects.
    package struct CurveClient: Equatable, Sendable {
        package let pair: CurveKeyPair
        package let serverKey: CurvePublicKey

        package init(_ pair: CurveKeyPair, serverKey: CurvePublicKey) {
            self.pair = pair
            self.serverKey = serverKey
        }

        package static func == (a: Self, b: Self) -> Bool {
            a.pair.publicKey == b.pair.publicKey && a.serverKey == b.serverKey
        }
    }
}
