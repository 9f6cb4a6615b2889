/// Says how likely texts are positive, after any number of their tokens.
package protocol SentimentScorer: Sendable {
    /// The probability of positive of each text, each as a message of its own in a fresh stream,
    /// after the first `lengths[text]` tokens of it.
    ///
    /// - Parameter lengths: for each text from 1 to all its tokens, ascending, none twice.
    func probabilities(
        of texts: [TextTokens], after lengths: [[Int]], _ watch: EvaluationWatch
    ) throws(EvaluationError) -> [[Float]]
}
