/// Why a connection was closed at the gate: what was found, and what was expected.
package struct GateRefusal: Error, Equatable, Sendable {
    package enum Code: String, CaseIterable, Sendable {
        /// No greeting of ZMTP 3.
        case version = "protocol"
        /// Another security mechanism than this endpoint's.
        case mechanism
        /// The handshake was not over in time.
        case handshake
        /// No frame of ZMTP 3, or one that has no place where it came.
        case malformed
        case frameBytes = "frame_bytes"
        case messageBytes = "message_bytes"
        /// The largest of too many unfinished messages.
        case totalBytes = "total_bytes"
        case topicBytes = "topic_bytes"
        case subscriptions
        case connections
        /// By an operator.
        case kicked
        /// The daemon is about to stop.
        case lameDuck = "lame_duck"
    }

    package let code: Code
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// A refusal, with the endpoint where it was and the peer: `127.0.0.1:40000`, or `process 17, user 0`.
package struct GateNotice: Equatable, Sendable {
    package let refusal: GateRefusal
    package let endpoint: String
    package let peer: String
}
