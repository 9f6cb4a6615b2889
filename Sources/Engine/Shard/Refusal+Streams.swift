import Model
import Wire

/// What the engine refuses, in words.
extension Refusal {
    // MARK: Requests

    static func quarantined(_ request: Request) -> Refusal {
        Refusal(
            .quarantined,
            "the stream is quarantined since its state was not finite; expected reset or end",
            endpoint: request.endpoint)
    }

    static func emptyMessage(_ request: Request) -> Refusal {
        Refusal(
            .emptyMessage, "the message has no text and ends none; expected at least a byte",
            endpoint: request.endpoint)
    }

    static func noSuchStream(_ request: Request) -> Refusal {
        let found = request.operation == .text ? "the end of a message" : "\(request.operation)"
        return Refusal(
            .noSuchStream,
            "\(found) for a stream that does not exist; expected one that has had text",
            endpoint: request.endpoint)
    }

    static func streamExists(_ request: Request) -> Refusal {
        Refusal(
            .streamExists, "the stream exists; expected one that has ended or never was",
            endpoint: request.endpoint)
    }

    static func tooManyStreams(_ request: Request, limit: Int) -> Refusal {
        Refusal(
            .tooManyStreams,
            "the limit of \(limit) streams in a compute thread is reached; end some",
            endpoint: request.endpoint)
    }

    /// The same, of another request.
    func about(_ request: Request) -> Refusal {
        Refusal(code, message, endpoint: request.endpoint)
    }

    // MARK: Texts

    static func notUTF8(_ count: Int, endpoint: String?) -> Refusal {
        Refusal(
            .notUTF8,
            "\(count) bytes of the text are not UTF-8; they are read as U+FFFD by a BPE model, as "
                + "they are by a byte model", endpoint: endpoint)
    }

    static var messageTooLong: Refusal {
        Refusal(
            .messageTooLong,
            "the message has more than \(WholeMessage.maxTokens) tokens; its sentiment is that of "
                + "the first \(WholeMessage.maxTokens)")
    }

    // MARK: States

    static func nonFinite(afterToken token: UInt64) -> Refusal {
        Refusal(
            .nonFiniteState,
            "the state is not finite after token \(token); the stream is quarantined until reset "
                + "or end")
    }

    static func nonFinite(inMessage message: UInt64) -> Refusal {
        Refusal(
            .nonFiniteState,
            "the network's states are not finite in message \(message); it has no sentiment, and "
                + "the stream continues with the next one")
    }

    /// A stream that cannot continue, since what the store has of it is not what was written or cannot
    /// be read.
    static func damaged(_ reason: String) -> Refusal {
        Refusal(
            .damaged,
            "the stream is stopped, because its record in the store cannot be read: \(reason)")
    }

    /// What was read again must lead to the same bits.
    static func diverged(at sequence: UInt64) -> Refusal {
        .damaged(
            "replay of request \(sequence) produced a different state than the original run; "
                + "`sluice replay verify` names the token")
    }
}
