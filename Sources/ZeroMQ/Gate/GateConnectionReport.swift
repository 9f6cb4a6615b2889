/// A connection at the gate.
package struct GateConnectionReport: Sendable {
    package let id: UInt64
    package let endpoint: Endpoint
    /// `127.0.0.1:40000`, or `process 17, user 0`.
    package let peer: String
    /// The name of its key; nil where the endpoint is not encrypted, and before it is proved.
    package let key: String?
    /// Since it was accepted.
    package let age: Duration
    package let isHandshaking: Bool
    package let isAdministrative: Bool
    /// From the peer, and to it.
    package let bytesIn: Int
    package let bytesOut: Int
    /// Complete ones from the peer; commands and changes of subscriptions are not counted.
    package let messages: Int
    /// Those of them that were refused because of a limit.
    package let refused: Int
    /// Bytes of messages that the daemon has not taken in yet.
    package let waiting: Int
    package let subscriptions: Int
}
