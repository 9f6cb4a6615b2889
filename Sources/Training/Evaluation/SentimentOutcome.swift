/// The prediction for a text and its label.
package struct SentimentOutcome: Sendable, Equatable {
    /// The predicted probability of positive.
    package let probability: Float
    package let isPositive: Bool
}
