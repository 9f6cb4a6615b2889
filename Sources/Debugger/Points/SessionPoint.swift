package import Engine
package import Model
package import Storage
package import Wire

/// A place in a session: after one of its tokens, before the first, or after the last.
package struct SessionPoint: Sendable {
    /// The number of tokens of the incarnation read so far. The place after the last token's has the
    /// next number.
    package var position: UInt64
    /// The token that was just read; nil before the first and after the last.
    package var token: TokenReading?
    package var model: Model
    /// The counters of the epoch, as in events.
    package var epoch: UInt64
    package var offset: UInt64
    package var messages: UInt64
    /// The last request that was played, completely or in part.
    package var request: RequestRecord?
    /// Events published after the previous point, in order.
    package var events: [Event] = []
    /// Outcomes of the requests completed after the previous point.
    package var outcomes: [OutcomeRecord] = []
    /// h0, c0, h1, c1, … before the token: after start token and separator.
    package var before: [Float]
    /// The same after the token.
    package var values: [Float]
    /// At most the last `SourceText.window` bytes of the message's text up to here.
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

/// A token that was read.
package struct TokenReading: Equatable, Sendable {
    package var id: Int32
    /// The token's index and its message's index, both in the epoch.
    package var index: UInt64
    package var message: UInt64
    /// Bytes of the epoch's text.
    package var offset: Range<UInt64>
    /// The token's bytes in the vocabulary.
    package var bytes: [UInt8]
    /// The publisher's bytes that the token covers. They differ from `bytes` if they are not UTF-8.
    package var source: [UInt8]
    /// In bits; nil where nothing was predicted.
    package var surprisal: Float?
    /// The sentiment of the state after the token.
    package var sentiment: StreamSnapshot.Score?
    /// Candidates for the next token, most probable first.
    package var candidates: [Prediction.Candidate] = []
}
