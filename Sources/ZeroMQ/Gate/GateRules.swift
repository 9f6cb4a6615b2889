/// Limits of one endpoint.
package struct GateRules: Sendable {
    package enum Traffic: Sendable {
        /// Messages, counted until the application takes them.
        case messages
        /// Subscriptions alone.
        case subscriptions
        /// Nothing but the handshake and commands.
        case nothing
    }

    package var traffic = Traffic.messages
    /// For operators: a lame duck goes on serving it.
    package var isAdministrative = false
    /// Bytes of one frame, and of all frames of one message, with `frameCost` for each.
    package var frameBytes = 64 << 20
    package var messageBytes = 64 << 20
    /// Bytes of complete messages of one peer that wait for the application; then the peer waits.
    package var peerBytes = 64 << 20
    package var connections = 1024
    package var topicBytes = 256
    /// Of one connection; a topic counts once for each `subscriptionUnit` bytes begun.
    package var subscriptions = 10_000
    /// Changes of subscriptions a second of one connection, after a burst of `subscriptions`.
    package var changesPerSecond = 1000
    package var handshake = Duration.seconds(30)
    /// Connections that are not through their handshake: of the endpoint, and of one address.
    package var halfOpen = 512
    package var addressHalfOpen = 256
    /// How long nothing may come or go; nil for any time.
    package var idle: Duration?

    package init() {}

    /// What a frame costs besides its bytes: about what libzmq keeps for each.
    package static let frameCost = 64
    static let subscriptionUnit = 32
    /// Bytes of a command that carries no topic, and of one of the handshake.
    static let commandBytes = 1024
    static let handshakeBytes = 8192
}

/// Limits of all endpoints of a gate together.
package struct GateTotals: Sendable {
    /// Bytes of messages that wait for the application; half of it may be of unfinished ones.
    package var bytes = 256 << 20
    package var subscriptions = 50_000
    package var changesPerSecond = 10_000
    /// Encrypted handshakes a second, of all peers and of one address; more wait. `.max` for any number.
    package var handshakes = 200
    package var addressHandshakes = 50

    package init() {}
}
