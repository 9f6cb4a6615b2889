/// All that a snapshot has of a stream, except the values of its state: the result of `show`.
package struct StreamReport: Codable, Equatable, Sendable {
    package var stream: String
    /// The model's fingerprint: 64 hexadecimal digits.
    package var model: String
    package var epoch: UInt64
    /// Tokens, bytes and complete messages of this epoch.
    package var tokens: UInt64
    package var offset: UInt64
    package var messages: UInt64
    /// Tokens and messages of all epochs of this incarnation.
    package var incarnationTokens: UInt64
    package var incarnationMessages: UInt64
    /// Events of the topics `stream` and `error` so far.
    package var streamEvents: UInt64
    package var errorEvents: UInt64
    /// Where the message that is being read began; nil between messages.
    package var messageStart: UInt64?
    /// Bytes of the text that no token covers yet, and as text; nil without the model.
    package var heldBack: HeldBack?
    package var lastToken: LastToken?
    package var sentiment: Score?
    package var isQuarantined: Bool
    /// Of each vector of the state: `h0`, `c0`, `h1`, …; nil without the model.
    package var norms: [Norm]?
    /// Floats of the state.
    package var values: Int
    /// Of the model and the state, 32 hexadecimal digits: equal for equal states.
    package var digest: String

    private enum CodingKeys: String, CodingKey {
        case stream, model, epoch, tokens, offset, messages
        case incarnationTokens = "lifeTokens"
        case incarnationMessages = "lifeMessages"
        case streamEvents, errorEvents, messageStart, heldBack, lastToken, sentiment
        case isQuarantined, norms, values, digest
    }

    package struct HeldBack: Codable, Equatable, Sendable {
        package var bytes: Int
        /// U+FFFD stands for what is no whole character.
        package var text: String

        package init(bytes: Int, text: String) {
            self.bytes = bytes
            self.text = text
        }
    }

    package struct LastToken: Codable, Equatable, Sendable {
        package var id: Int32
        /// Nil without the model.
        package var text: String?
        /// [start, end) in bytes of the epoch's text.
        package var offset: [UInt64]

        package init(id: Int32, text: String?, offset: [UInt64]) {
            self.id = id
            self.text = text
            self.offset = offset
        }
    }

    package struct Score: Codable, Equatable, Sendable {
        package var score: Float
        package var positive: Float

        package init(score: Float, positive: Float) {
            self.score = score
            self.positive = positive
        }
    }

    package struct Norm: Codable, Equatable, Sendable {
        package var name: String
        /// Euclidean.
        package var norm: Float
        /// The largest absolute value.
        package var largest: Float

        package init(name: String, norm: Float, largest: Float) {
            self.name = name
            self.norm = norm
            self.largest = largest
        }
    }

    package init(
        stream: String, model: String, epoch: UInt64, tokens: UInt64, offset: UInt64,
        messages: UInt64, incarnationTokens: UInt64, incarnationMessages: UInt64,
        streamEvents: UInt64,
        errorEvents: UInt64, messageStart: UInt64?, heldBack: HeldBack?, lastToken: LastToken?,
        sentiment: Score?, isQuarantined: Bool, norms: [Norm]?, values: Int, digest: String
    ) {
        self.stream = stream
        self.model = model
        self.epoch = epoch
        self.tokens = tokens
        self.offset = offset
        self.messages = messages
        self.incarnationTokens = incarnationTokens
        self.incarnationMessages = incarnationMessages
        self.streamEvents = streamEvents
        self.errorEvents = errorEvents
        self.messageStart = messageStart
        self.heldBack = heldBack
        self.lastToken = lastToken
        self.sentiment = sentiment
        self.isQuarantined = isQuarantined
        self.norms = norms
        self.values = values
        self.digest = digest
    }
}
