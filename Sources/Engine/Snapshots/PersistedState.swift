package import Model

/// What a stream's model and its own requests determine: the part of a snapshot that a stream in
/// memory keeps as it is. The text that is held back and h and c have owners of their own there.
///
/// A field that is added begins anew wherever the state does, unless it is named here.
/// `StreamSnapshot.State.code` reads and writes it.
package struct PersistedState: Equatable, Sendable {
    /// How often the stream has been reset.
    package var epoch: UInt64 = 0
    /// Tokens, bytes and completed messages of this epoch.
    package var tokens: UInt64 = 0
    package var offset: UInt64 = 0
    package var messages: UInt64 = 0
    /// Tokens and messages of all epochs: what events are numbered by.
    package var incarnationTokens: UInt64 = 0
    package var incarnationMessages: UInt64 = 0
    /// Events of the topics `stream` and `error` that were due.
    package var streamEvents: UInt64 = 0
    package var errorEvents: UInt64 = 0

    /// What the model reads before the next message's first token.
    package var leadIn = StreamSnapshot.LeadIn.start
    /// Where the open message began; nil between messages.
    package var messageStart: UInt64?
    /// The token read last, and its position.
    package var lastToken: StreamSnapshot.ReadToken?
    /// Of the present state; nil before the first token.
    package var sentiment: StreamSnapshot.Score?
    /// Whether the present state predicts a token: something was read, be it a start token.
    package var hasPrediction = false
    /// A state that is not finite was found: only `reset` and `end` are accepted.
    package var isQuarantined = false
    /// Of a model that reads whole messages, the tokens so far of the open message; one more than
    /// are read stands for all that come after it.
    package var message: [Int32] = []
    /// Of a model that pools sentiment, what the open message's tokens so far add up to.
    package var sentimentPool = SentimentPool()

    package init() {}

    /// In the order of their bytes.
    package static let counters: [any WritableKeyPath<PersistedState, UInt64> & Sendable] = [
        \.epoch, \.tokens, \.offset, \.messages, \.incarnationTokens, \.incarnationMessages,
        \.streamEvents,
        \.errorEvents,
    ]

    /// Whether it counts, and has positions in the text, below this.
    func counts(below limit: UInt64) -> Bool {
        let positions = [
            messageStart ?? 0, lastToken?.offset.upperBound ?? 0, sentimentPool.ngrams.count,
        ]
        return Self.counters.allSatisfy { self[keyPath: $0] < limit }
            && positions.allSatisfy { $0 < limit }
    }

    // MARK: Beginning anew

    /// The same counters and nothing else: what the state of another model leaves.
    package var countersOnly: PersistedState {
        var state = PersistedState()
        for counter in Self.counters { state[keyPath: counter] = self[keyPath: counter] }
        return state
    }

    /// Keeps only the counters of all epochs.
    package mutating func beginEpoch() {
        self = countersOnly
        epoch += 1
        (tokens, offset, messages) = (0, 0, 0)
    }

    /// Drops the open message. The counters and what they are about stay.
    package mutating func dropMessage() {
        var state = countersOnly
        (state.lastToken, state.isQuarantined) = (lastToken, isQuarantined)
        self = state
    }
}
