import Journal
import Model
import Tokenizer
import Wire

/// All that is needed to go on with a stream, but for h and c, which stand in the slab at `slot`.
final class StreamState {
    typealias LeadIn = StreamSnapshot.LeadIn
    typealias Score = StreamSnapshot.Score
    typealias ReadToken = StreamSnapshot.ReadToken

    /// What it is told apart by in the shard's table.
    let id: StreamID
    /// What its events say; the same, but in replay, where parts of one stream are read beside each
    /// other.
    let name: StreamID
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
    /// Of a model that reads whole messages, the tokens so far of the message that is being read;
    /// see `Shard.gather`.
    var message: [Int32] = []
    /// The token read last, and where it stands.
    var lastToken: ReadToken?
    /// Of the present state; nil before the first token.
    var sentiment: Score?
    /// What the tokens so far of the message that is being read add up to, where a model pools them.
    var sentimentPool = SentimentPool()
    /// Whether the present state predicts a token: something was read, be it a start token.
    var hasPrediction = false
    /// Log-sum-exp of the present state's logits, if the vocabulary head has run on it.
    var logSumExp: Float?
    /// A non-finite state was found: only `reset` and `end` are accepted.
    var isQuarantined = false

    /// Why it cannot go on: it is stopped before what it does next.
    var damage: Refusal?

    /// What is still to be done, in order. None while the stream is idle.
    var work: StreamWork?
    /// Number of its latest request among all of the shard's: tells whether a stream stayed idle.
    var activity: UInt64 = 0
    /// When the latest one from outside came, in seconds since 1970; nil where only the store tells.
    var lastInput: Double?
    /// Its activity when an idle flush was asked for; nil if none is due to come.
    var awaitedFlush: UInt64?
    /// Whether it stands among those that may be evicted.
    var isInEvictionLine = false

    var wanted = Wanted()
    var wantedGeneration: UInt64 = 0

    /// What was accepted of it, read or not.
    var intake: StreamIntake
    var journal: StreamJournal

    init(
        id: StreamID, name: StreamID? = nil, slot: Int32, tokenizer: IncrementalTokenizer,
        intake: StreamIntake
    ) {
        self.id = id
        self.name = name ?? id
        self.slot = slot
        self.tokenizer = tokenizer
        self.intake = intake
        journal = StreamJournal(key: intake.key, life: intake.life)
    }

    /// Forgets all but the name, the life's counters, and the work to come.
    func beginEpoch(tokenizer: IncrementalTokenizer) {
        epoch += 1
        (tokens, offset, messages) = (0, 0, 0)
        dropMessage(tokenizer: tokenizer)
        lastToken = nil
        isQuarantined = false
    }

    /// Forgets what it has read, but for the counters and the last token.
    func dropMessage(tokenizer: IncrementalTokenizer) {
        self.tokenizer = tokenizer
        leadIn = .start
        messageStart = nil
        message = []
        sentiment = nil
        sentimentPool = SentimentPool()
        hasPrediction = false
        logSumExp = nil
    }
}

/// What the journal is to be told of a stream.
struct StreamJournal {
    /// The life that is being read.
    let key: StreamKey
    let life: UInt64
    /// The request that is being read.
    var sequence: UInt64 = 0
    /// It was told to be evicted and not yet to be resumed.
    var isEvicted = false
    /// Of the events so far about that request, and who hears them; nil before it is begun.
    var eventsDigest: [UInt8] = []
    var audience: Audience?
    /// Not all of the request's events have the same audience.
    var hasMixedAudience = false
    /// The audience does not depend on who listens now.
    var hasGivenAudience = false

    /// Tokens of the life at the latest checkpoint that is kept.
    var savedTokens: UInt64 = 0
    /// It has changed since its latest checkpoint.
    var isDirty = false
    /// The running sweep wants a checkpoint once all requests before this one have been read.
    var sweepUntil: UInt64?
    /// Replay wants to compare the state there: so many bytes of this request's text.
    var awaited: (sequence: UInt64, position: UInt64)?

    init(key: StreamKey, life: UInt64) {
        self.key = key
        self.life = life
    }
}
