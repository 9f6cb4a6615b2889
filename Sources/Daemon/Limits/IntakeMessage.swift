import Engine
import Names
import Wire
import ZeroMQ

/// A message that may be taken in, and who sent it.
struct IntakeMessage: Sendable {
    let input: EngineInput
    /// Of all its frames but an envelope's.
    let bytes: Int
    /// Nil where the daemon connects, and within a process.
    let connection: GateSender?
    /// Nil where the endpoint is not encrypted.
    let key: AccessKey?
    /// Of the configured inputs.
    let index: Int

    /// What it asks for; nil for a message that is malformed.
    var request: Request? { if case .request(let request) = input { request } else { nil } }

    var stream: StreamID? { input.origin.stream }

    /// Whether its sender can be told of a refusal.
    var isAnswered: Bool { input.origin.replyTo != nil }

    /// Whose numbers its producer's are.
    var sender: AwaitedNumbers.Sender {
        if let key { return .key(key.name) }
        return connection.map { .connection($0.id) } ?? .input(index)
    }
}

extension EngineInput {
    /// Of a parsed message: its stream, where its answer goes, and its own number.
    var origin: (stream: StreamID?, replyTo: ReplyAddress?, producerSequence: UInt64?) {
        switch self {
        case .request(let request): (request.stream, request.replyTo, request.producerSequence)
        case .refusal(let stream, _, let sender):
            (stream, sender?.replyTo, sender?.producerSequence)
        case .snapshot, .position, .list, .recovery, .damage, .recovered, .eviction, .checkpoint:
            (nil, nil, nil)
        }
    }
}
