import Metrics
import Wire
import ZeroMQ

/// Refuses messages that the key of their sender does not allow. It belongs to the thread of an input.
///
/// Such a message does not reach the engine: its `error` event would be one of a stream that is not the
/// sender's, and would change that stream's sequence numbers.
struct PublishGuard {
    private let access: AccessControl
    private var reader: AccessControl.Reader

    init(_ access: AccessControl) {
        self.access = access
        reader = access.makeReader()
    }

    /// Whether a key has limits of its own.
    mutating func hasKeyLimits() -> Bool { reader.hasLimits() }

    /// The key of a message's sender, and why the message is refused, if it is; it is counted and
    /// logged then. Nil for the key of a message that came by an endpoint that is not encrypted: ipc, or
    /// one that is connected.
    ///
    /// - Parameters:
    ///   - stream: nil where the message named none that is valid.
    ///   - peer: for the log.
    mutating func check(
        _ message: borrowing Multipart, for stream: StreamID?, endpoint: String,
        peer: () -> String?
    ) -> (key: AccessKey?, refusal: Refusal?) {
        guard let publicKey = message.senderKey else { return (nil, nil) }
        let key = reader.key(publicKey)
        guard let problem = Self.problem(with: key, stream) else { return (key, nil) }
        let refusal = Refusal(.notAllowed, problem, endpoint: endpoint)
        access.statistics.messages.add()
        access.log.add(refusal, stream: stream, key: key?.name, peer: peer())
        return (key, refusal)
    }

    private static func problem(with key: AccessKey?, _ stream: StreamID?) -> String? {
        guard let key else { return "the key was revoked" }
        guard key.has(.publish) else { return "the key '\(key.name)' has no right to publish" }
        guard let stream, !key.allows(stream) else { return nil }
        return "the key '\(key.name)' is not for the stream '\(stream.text)'"
    }
}
