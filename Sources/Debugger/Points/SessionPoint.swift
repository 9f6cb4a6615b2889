package import Engine
package import Model
package import Storage
package import Wire

/// A place in a session: after one of its tokens, before the first, or after the last.
package struct SessionPoint: Sendable {
    /// Tokens of the incarnation that have been read; places are numbered by it. The place after the
    /// last token's has the next number.
    package var position: UInt64
    /// The token that was just read; nil before the first and after the last.
    package var token: TokenReading?
    package var model: Model
    /// Counted from the epoch's beginning, as in events.
    package var epoch: UInt64
    package var offset: UInt64
    package var messages: UInt64
    /// The request that was carried out last, or in part.
    package var request: RequestRecord?
    /// Published since the point before, in order.
    package var events: [Event] = []
    /// Of requests completed since the point before.
    package var outcomes: [OutcomeRecord] = []
    /// h0, c0, h1, c1, … before the token: after start token and separator.
    package var before: [Float]
    /// The same after the token.
    package var values: [Float]
    /// The message's text up to here, its last `SourceText.window` bytes at most.
    package var text: [UInt8] = []

    package var layout: StateLayout { model.network.stateLayout }

    /// The score of the message that ended here.
    package var messageScore: Sentiment? {
        for case .sentiment(let sentiment) in events.map(\.payload)
        where sentiment.scope == .message {
            return sentiment
        }
        return nil
    }
}

/// A token as it was read.
package struct TokenReading: Equatable, Sendable {
    package var id: Int32
    /// Which of the epoch's tokens, and of which of its messages.
    package var index: UInt64
    package var message: UInt64
    /// Bytes of the epoch's text.
    package var offset: Range<UInt64>
    /// What it stands for in the vocabulary.
    package var bytes: [UInt8]
    /// The publisher's bytes that it covers: other ones where these are not UTF-8.
    package var source: [UInt8]
    /// In bits; nil where nothing was predicted.
    package var surprisal: Float?
    /// Of the state behind it.
    package var sentiment: StreamSnapshot.Score?
    /// For the coming token, most probable first.
    package var candidates: [Prediction.Candidate] = []
}
