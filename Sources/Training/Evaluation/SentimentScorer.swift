/// Computes the probability that texts are positive, after any number of their tokens.
protocol SentimentScorer: Sendable {
    /// The probability that each text is positive after its first `lengths[text]` tokens. Each text
    /// is one message in a new stream.
    ///
    /// - Parameter lengths: for each text, from 1 to its number of tokens, ascending and distinct.
    func probabilities(
        of texts: [TextTokens], after lengths: [[Int]], _ watch: EvaluationWatch
    ) throws(EvaluationError) -> [[Float]]
}
