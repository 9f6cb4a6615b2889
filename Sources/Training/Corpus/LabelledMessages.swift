/// How labelled texts are read in lanes.
package struct LabelledMessages: Sendable {
    package var weights = SentimentWeights()
    /// What each text counts.
    package var weight = 1.0
    /// The part of the texts that come as a stream's next message: after `separator`, which takes the
    /// place of the start token, with the state that the text before has left.
    package var joined = 0.0
    package var separator: Int32?

    package init(weights: SentimentWeights = SentimentWeights()) { self.weights = weights }
}

/// How much a labelled text's tokens count for the sentiment loss.
package struct SentimentWeights: Sendable, Equatable {
    /// All tokens together, each alike.
    package var every = 1.0
    /// The last token besides.
    package var last = 1.0

    package init(every: Double = 1, last: Double = 1) {
        self.every = every
        self.last = last
    }
}
