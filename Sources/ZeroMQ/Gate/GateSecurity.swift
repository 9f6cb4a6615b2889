package import Curve

/// How the clients of an endpoint are authenticated.
package struct GateSecurity: Sendable {
    /// The server's.
    let pair: CurveKeyPair
    /// Asked in each handshake, and again whenever `Gate.recheckPeers` is called. On the gate's thread.
    let admit: @Sendable (CurvePublicKey) -> GateAdmission

    package init(
        _ pair: CurveKeyPair, admit: @escaping @Sendable (CurvePublicKey) -> GateAdmission
    ) {
        self.pair = pair
        self.admit = admit
    }
}

/// Whether a client with a key may connect to an endpoint.
package enum GateAdmission: Equatable, Sendable {
    case admitted(GatePeer)
    /// - Parameter name: of the key, if it is known.
    case refused(GateRefusal, name: String?)
}

/// A client that has proved its key.
package struct GatePeer: Equatable, Sendable {
    package let name: String
    package let publicKey: CurvePublicKey
    /// Beginnings of the topics that it may subscribe to; nil for all.
    package let topics: [[UInt8]]?
    package let limits: Limits

    /// Of all its connections together; `.max` for any number.
    package struct Limits: Equatable, Sendable {
        package var connections: Int
        package var subscriptions: Int

        package init(connections: Int = .max, subscriptions: Int = .max) {
            self.connections = connections
            self.subscriptions = subscriptions
        }
    }

    package init(
        name: String, publicKey: CurvePublicKey, topics: [[UInt8]]? = nil,
        limits: Limits = Limits()
    ) {
        self.limits = limits
        self.name = name
        self.publicKey = publicKey
        self.topics = topics
    }

    /// Whether it may do the same, within whatever limits.
    func allowsSame(as other: GatePeer) -> Bool {
        name == other.name && publicKey == other.publicKey && topics == other.topics
    }

    /// Under which name each message from the gate carries its client's key, as libzmq's metadata.
    /// Clients without a key talk to libzmq themselves, so they must not know it.
    static let property = "X-Sluice-" + String(UInt64.random(in: 0 ... .max), radix: 16)
}
