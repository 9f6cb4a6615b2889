/// How often an event goes out: what is due, and how many were due before.
///
/// Both are functions of the stream's counters alone, so that the sequence numbers of an output do
/// not depend on its subscribers, and replay finds the same ones.
package enum Cadence: Hashable, Sendable {
    case everyToken
    case everyMessage
    /// The n-th, 2n-th, … token of the stream.
    case everyTokens(UInt64)
    /// Every token, and every message once more at its end.
    case everyTokenAndMessage
    case never

    /// Whether the event is due for the token with this index in all of the incarnation.
    package func isDue(token: UInt64) -> Bool {
        switch self {
        case .everyToken, .everyTokenAndMessage: true
        case .everyTokens(let n): (token + 1).isMultiple(of: n)
        case .everyMessage, .never: false
        }
    }

    package var isDueAtMessageEnd: Bool { self == .everyMessage || self == .everyTokenAndMessage }

    /// How many events were due among the first `tokens` tokens and `messages` message ends.
    package func dueCount(tokens: UInt64, messages: UInt64) -> UInt64 {
        switch self {
        case .everyToken: tokens
        case .everyMessage: messages
        case .everyTokens(let n): tokens / n
        case .everyTokenAndMessage: tokens + messages
        case .never: 0
        }
    }
}

// MARK: As text

extension Cadence {
    /// As the configuration writes it.
    var text: String {
        switch self {
        case .everyToken: "token"
        case .everyMessage: "message"
        case .everyTokenAndMessage: "token+message"
        case .everyTokens(let n): "\(n)"
        case .never: "never"
        }
    }

    init?(text: Substring) {
        switch text {
        case "token": self = .everyToken
        case "message": self = .everyMessage
        case "token+message": self = .everyTokenAndMessage
        default:
            guard let n = UInt64(text), n > 0 else { return nil }
            self = .everyTokens(n)
        }
    }
}
