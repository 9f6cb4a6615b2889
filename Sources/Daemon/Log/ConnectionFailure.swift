import ZeroMQ

/// Why a connection that the daemon began has failed.
package enum ConnectionFailure: String, CaseIterable, Sendable {
    /// The server refuses the daemon's key.
    case key
    /// One side encrypts, and the other does not.
    case mechanism
    /// It ended during the handshake: for one, the server has another key than `server_key`.
    case handshake
    /// The peer does not speak ZMTP as expected.
    case malformed = "protocol"

    init(_ failure: MonitorEvent.HandshakeFailure) {
        self =
            switch failure {
            case .authentication: .key
            case .mechanism: .mechanism
            case .connection: .handshake
            case .protocol: .malformed
            }
    }

    /// What was found, and what to look at.
    var text: String {
        switch self {
        case .key:
            "the server refuses the daemon's key; its operator must admit the public key of "
                + "access.server_key"
        case .mechanism:
            "one side encrypts and the other does not; server_key is for servers with CURVE alone"
        case .handshake:
            "the server ended the handshake; server_key may not be its public key, or only one side "
                + "encrypts"
        case .malformed: "the peer does not speak ZMTP 3 as expected"
        }
    }
}
