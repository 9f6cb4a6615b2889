/// An event as a subscriber reads it: the body of an output message, decoded.
///
/// The daemon writes bodies with `EventWriter`; this reads the same format.
package struct Event: Equatable, Sendable {
    package let context: EventContext
    package let payload: Payload

    package enum Payload: Equatable, Sendable {
        case next(Prediction)
        case sentiment(Sentiment)
        case stream(StreamChange)
        case error(Refusal)
    }
}

/// The stream, the position in it, and the model: a part of every event.
package struct EventContext: Equatable, Sendable {
    /// Empty for an error that no stream could be named for.
    package var stream: String
    /// How often the stream has been reset.
    package var epoch: UInt64
    /// Index of the token in the stream's epoch; of the last one read, for what is about no token.
    package var token: UInt64?
    /// Bytes of the epoch's text that the event is about.
    package var offset: Range<UInt64>
    /// The first 16 hexadecimal digits of the model's fingerprint.
    package var model: String
}

/// The token just read, and candidates for the next one.
package struct Prediction: Equatable, Sendable {
    package let id: Int32
    package let text: String
    /// The token's bytes, where they are not valid UTF-8.
    package let bytes: [UInt8]?
    /// -log2 of the probability that the model gave this token, in bits; nil for a first token
    /// without a start token before it.
    package let surprisal: Float?
    /// Most probable first.
    package let top: [Candidate]

    package struct Candidate: Equatable, Sendable {
        package let id: Int32
        package let text: String
        package let bytes: [UInt8]?
        /// Softmax over the whole vocabulary.
        package let probability: Float
    }
}

/// How positive the text is.
package struct Sentiment: Equatable, Sendable {
    package enum Scope: String, Codable, Sendable {
        /// Provisional: from the state after this token.
        case token
        /// Final: at the end of a complete message.
        case message
    }

    package let scope: Scope
    /// In [-1, 1]: 2 p(positive) - 1.
    package let score: Float
    /// Probability of positive, in [0, 1].
    package let positive: Float
    /// Index of the message in the stream's epoch.
    package let message: UInt64

    package init(scope: Scope, score: Float, positive: Float, message: UInt64) {
        self.scope = scope
        self.score = score
        self.positive = positive
        self.message = message
    }
}

package enum StreamChange: String, Codable, Sendable {
    case started, reset, ended, evicted, resumed
}
