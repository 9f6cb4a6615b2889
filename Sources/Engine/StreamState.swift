import Tokenizer
import Wire

/// All that is needed to go on with a stream, but for h and c, which stand in the slab at `slot`.
final class StreamState {
    let id: StreamID
    let slot: Int32

    /// How often it has been reset.
    var epoch: UInt64 = 0
    /// Tokens, bytes and completed messages of this epoch.
    var tokens: UInt64 = 0
    var offset: UInt64 = 0
    var messages: UInt64 = 0
    /// Tokens and messages of all epochs: what events are numbered by.
    var lifeTokens: UInt64 = 0
    var lifeMessages: UInt64 = 0
    /// Events of the topics `stream` and `error` that were due.
    var streamEvents: UInt64 = 0
    var errorEvents: UInt64 = 0

    var tokenizer: IncrementalTokenizer
    /// What the model reads before the next message's first token.
    var leadIn = LeadIn.start
    /// Where the message that is being read began; nil between messages.
    var messageStart: UInt64?
    /// The token read last, and where it stands.
    var lastToken: ReadToken?
    /// Of the present state; nil before the first token.
    var sentiment: Score?
    /// Whether the present state predicts a token: something was read, be it a start token.
    var hasPrediction = false
    /// Log-sum-exp of the present state's logits, if the vocabulary head has run on it.
    var logSumExp: Float?
    /// A non-finite state was found: only `reset` and `end` are accepted.
    var isQuarantined = false

    /// What is still to be done, in order. None while the stream is idle.
    var work: StreamWork?
    /// Number of its latest input among all of the shard's: tells whether a stream stayed idle.
    var activity: UInt64 = 0
    /// Its activity when an idle flush was asked for; nil if none is due to come.
    var awaitedFlush: UInt64?

    var wanted = Wanted()
    var wantedGeneration: UInt64 = 0

    init(id: StreamID, slot: Int32, tokenizer: IncrementalTokenizer) {
        self.id = id
        self.slot = slot
        self.tokenizer = tokenizer
    }

    enum LeadIn { case start, separator, none }

    struct Score {
        let score: Float
        let positive: Float
    }

    struct ReadToken {
        let id: Int32
        let offset: Range<UInt64>
    }

    /// Forgets all but the name, the life's counters, and the work to come.
    func beginEpoch(tokenizer: IncrementalTokenizer) {
        epoch += 1
        (tokens, offset, messages) = (0, 0, 0)
        self.tokenizer = tokenizer
        leadIn = .start
        messageStart = nil
        lastToken = nil
        sentiment = nil
        hasPrediction = false
        logSumExp = nil
        isQuarantined = false
    }
}
