/// How lanes read labelled texts.
package struct LabelledMessages: Sendable {
    package var weights = SentimentWeights()
    /// The weight of each text.
    package var weight = 1.0
    /// The fraction of texts that are read as a stream's next message: with the state after the
    /// previous text, and with `separator` in place of the start token.
    package var joined = 0.0
    package var separator: Int32?
}

/// The weights of a labelled text's tokens in the sentiment loss.
package struct SentimentWeights: Sendable, Equatable {
    /// The weight of all tokens together, in equal shares.
    package var every = 1.0
    /// The additional weight of the last token.
    package var last = 1.0
}
