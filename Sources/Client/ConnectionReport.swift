package import ZeroMQ

/// Follows the connection of a socket and describes its changes.
package struct ConnectionReport: Sendable {
    package private(set) var isConnected = false
    private let endpoint: Endpoint
    private var wasConnected = false
    private var saidWaiting = false

    package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

    /// A line for the user, nil if there is nothing new to say.
    package mutating func note(_ event: MonitorEvent.Kind) -> String? {
        switch event {
        case .handshakeSucceeded: connected()
        case .disconnected: disconnected()
        case .connectRetried, .closed: waiting(silence)
        case .handshakeFailed(let failure): waiting(Self.text(failure))
        default: nil
        }
    }

    private mutating func connected() -> String? {
        isConnected = true
        let isAgain = wasConnected
        let isNews = isAgain || saidWaiting
        wasConnected = true
        saidWaiting = false
        return isNews ? "connected \(isAgain ? "again " : "")to \(endpoint)" : nil
    }

    private mutating func disconnected() -> String? {
        guard isConnected else { return nil }
        isConnected = false
        saidWaiting = true
        return "lost the connection to \(endpoint); reconnecting"
    }

    private var silence: String {
        "\(endpoint.silence)\(endpoint.isDenied ? "" : " yet"); reconnecting"
    }

    private mutating func waiting(_ reason: String) -> String? {
        guard !isConnected, !saidWaiting else { return nil }
        saidWaiting = true
        return "waiting for \(endpoint): \(reason)"
    }

    private static func text(_ failure: MonitorEvent.HandshakeFailure) -> String {
        switch failure {
        case .connection(let code): "the handshake failed (\(code)); reconnecting"
        case .protocol: "the peer does not speak ZeroMQ; reconnecting"
        case .authentication(let status): "access denied (ZAP status \(status)); reconnecting"
        }
    }
}
