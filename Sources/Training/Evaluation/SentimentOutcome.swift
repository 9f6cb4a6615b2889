/// What a model said of a text, and what people did.
package struct SentimentOutcome: Sendable, Equatable {
    /// Of positive.
    package let probability: Float
    package let isPositive: Bool

    package init(probability: Float, isPositive: Bool) {
        self.probability = probability
        self.isPositive = isPositive
    }
}
