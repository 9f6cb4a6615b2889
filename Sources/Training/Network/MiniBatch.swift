/// What a window reads and what it is to say: rows as in `BatchShape`.
package struct MiniBatch: Sendable {
    package var shape: BatchShape
    /// `[rows]`: token ids.
    package var tokens: [Int32]
    /// How many of them readers have put there; the others are padding.
    package var tokenCount = 0
    /// `[rows]`: the token to predict after each, or -1 for none.
    package var targets: [Int32]
    /// `[rows]`: whether a text begins, or ends, with that token.
    package var starts: [Bool]
    package var ends: [Bool]
    /// `[rows]`: whether that token is the separator before a stream's next message.
    package var separators: [Bool]
    /// What the sentiment head is to say.
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

/// A row after which the text read so far has a known sentiment.
package struct SentimentTarget: Sendable, Equatable {
    /// The last token read.
    package var row: Int
    /// The first token of that text: where the reverse direction of a bidirectional network ends.
    package var firstRow: Int
    /// Probability of positive.
    package var positive: Double
    package var weight: Double
    /// Log-odds of positive that are added to the network's: those of n-grams, when validating.
    package var known: Double

    package init(
        row: Int, firstRow: Int, positive: Double, weight: Double, known: Double = 0
    ) {
        self.row = row
        self.firstRow = firstRow
        self.positive = positive
        self.weight = weight
        self.known = known
    }
}
