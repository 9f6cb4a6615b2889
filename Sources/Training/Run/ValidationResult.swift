/// What a validation found.
package struct ValidationResult: Codable, Equatable, Sendable {
    /// Of plain text: nats and bits per token and per byte.
    package var nats: Double?
    package var bitsPerToken: Double?
    package var bitsPerByte: Double?
    package var perplexity: Double?
    /// Of labelled texts, at their last token.
    package var sentimentLoss: Double?
    package var accuracy: Double?

    package init() {}

    /// What early stopping, plateaus and the best model go by.
    func loss(_ weights: LossWeights) -> Double {
        (nats ?? 0) * weights.next + (sentimentLoss ?? 0) * weights.sentiment
    }
}
