/// Why a connection was closed at the gate: what was found, and what was expected.
package struct GateRefusal: Error, Equatable, Sendable {
    package enum Code: String, CaseIterable, Sendable {
        /// No greeting of ZMTP 3.
        case version = "protocol"
        /// Another security mechanism than this endpoint's.
        case mechanism
        /// Encryption failed: for one, the client has another server's key.
        case curve
        /// The client's key is not on the list.
        case key
        /// The key's rights do not include what the endpoint is for, or what was asked there.
        case right
        /// The key was revoked, or its rights were changed, while it was connected.
        case revoked
        /// A local user whom the socket's mode does not admit.
        case user
        /// The handshake was not over in time.
        case handshake
        /// Nothing came or went for too long.
        case idle
        /// No frame of ZMTP 3, or one that has no place where it came.
        case malformed
        case frameBytes = "frame_bytes"
        case messageBytes = "message_bytes"
        /// The largest of too many unfinished messages.
        case totalBytes = "total_bytes"
        case topicBytes = "topic_bytes"
        case subscriptions
        case connections
        /// A reader that does not read.
        case slow
        /// By an operator.
        case kicked
        /// The daemon is about to stop.
        case lameDuck = "lame_duck"
    }

    package let code: Code
    package let reason: String
    /// The name of the client's key, if that is known.
    package private(set) var key: String?

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    func of(key: String?) -> GateRefusal {
        var refusal = self
        refusal.key = key ?? self.key
        return refusal
    }
}

/// A refusal, with the endpoint where it was and the peer: `127.0.0.1:40000`, or `process 17, user 0`.
package struct GateNotice: Equatable, Sendable {
    package let refusal: GateRefusal
    package let endpoint: String
    package let peer: String
    /// Whether the connection was closed; otherwise only what was asked was left undone.
    package let isClosed: Bool
}
