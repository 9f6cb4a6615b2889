package import ZeroMQ

/// Follows the connection of a socket and describes its changes.
package struct ConnectionReport: Sendable {
    package private(set) var isConnected = false
    private let endpoint: Endpoint
    private var wasConnected = false
    private var saidWaiting = false
    private let isEncrypted: Bool
    /// Why the other side does not accept this client; nil while it may.
    package private(set) var denial: String?

    package init(_ endpoint: Endpoint, isEncrypted: Bool = false) {
        self.endpoint = endpoint
        self.isEncrypted = isEncrypted
    }

    /// - Throws: `ClientError.denied` where the other side does not accept this client: libzmq does not
    ///   try again then.
    package func checkAdmitted() throws(ClientError) {
        if let denial { throw .denied(endpoint, denial) }
    }

    /// A line for the user, nil if there is nothing new to say.
    package mutating func note(_ event: MonitorEvent.Kind) -> String? {
        switch event {
        case .handshakeSucceeded: connected()
        case .disconnected: disconnected()
        case .connectRetried, .closed: waiting(silence)
        case .handshakeFailed(let failure): failed(failure)
        default: nil
        }
    }

    private mutating func failed(_ failure: MonitorEvent.HandshakeFailure) -> String? {
        denial = endpoint.denial(failure, isEncrypted: isEncrypted)
        return waiting(denial ?? text(failure) + "; reconnecting")
    }

    private mutating func connected() -> String? {
        isConnected = true
        denial = nil
        let isAgain = wasConnected
        let isNews = isAgain || saidWaiting
        wasConnected = true
        saidWaiting = false
        return isNews ? "connected \(isAgain ? "again " : "")to \(endpoint)" : nil
    }

    /// libzmq says no more of a peer whose socket does not fit, such as PULL for PUB, and does not try
    /// again.
    private mutating func disconnected() -> String? {
        guard isConnected else {
            return waiting("it ended the handshake; is its socket of another type?")
        }
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

    private func text(_ failure: MonitorEvent.HandshakeFailure) -> String {
        switch failure {
        case .connection(let code):
            "the handshake failed (\(code))"
                + (isEncrypted ? "; does the server have the key of --server-key?" : "")
        case .protocol, .mechanism, .authentication: "the peer does not speak ZeroMQ"
        }
    }
}

extension Endpoint {
    /// Why the other side does not accept this client; nil for other failures of a handshake.
    func denial(_ failure: MonitorEvent.HandshakeFailure, isEncrypted: Bool) -> String? {
        switch failure {
        case .authentication:
            "access denied: the daemon does not know this key, or the key does not have the right "
                + "that this socket needs; the daemon's log says which"
        case .mechanism where isEncrypted:
            "the daemon does not encrypt this socket; leave out --key and --server-key"
        case .mechanism:
            "the daemon asks for a key; give one with --key, and the daemon's with --server-key"
        case .connection, .protocol: nil
        }
    }
}
