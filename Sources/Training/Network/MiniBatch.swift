/// A mini-batch of truncated back-propagation through time: tokens and targets. Rows are those of
/// `BatchShape`.
package struct MiniBatch: Sendable {
    package var shape: BatchShape
    /// `[rows]`: token ids.
    package var tokens: [Int32]
    /// The number of tokens that are not padding.
    package var tokenCount = 0
    /// `[rows]`: the next token to predict, or -1 for none.
    package var targets: [Int32]
    /// `[rows]`: whether a text begins or ends with the token.
    package var starts: [Bool]
    package var ends: [Bool]
    /// `[rows]`: whether the token is the separator before a stream's next message.
    package var separators: [Bool]
    /// The targets of the sentiment head.
    package var sentiments: [SentimentTarget] = []

    package init(shape: BatchShape) {
        self.shape = shape
        tokens = Array(repeating: 0, count: shape.rows)
        targets = Array(repeating: -1, count: shape.rows)
        starts = Array(repeating: false, count: shape.rows)
        ends = starts
        separators = starts
    }

    func begins(_ row: Int, isReverse: Bool) -> Bool { isReverse ? ends[row] : starts[row] }
}

/// A row whose text has a known sentiment.
package struct SentimentTarget: Sendable, Equatable {
    /// The row of the last token read.
    package var row: Int
    /// The row of the text's first token, where the reverse direction of a bidirectional network
    /// ends.
    package var firstRow: Int
    /// The probability of positive.
    package var positive: Double
    package var weight: Double
    /// Log-odds of n-grams that are added to the network's in validation.
    package var known = 0.0
}
