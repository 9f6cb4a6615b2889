package struct ValidationResult: Codable, Equatable, Sendable {
    /// For plain text: nats and bits per token, bits per byte, perplexity per token.
    package var nats: Double?
    package var bitsPerToken: Double?
    package var bitsPerByte: Double?
    package var perplexity: Double?
    /// For labelled texts, at their last token.
    package var sentimentLoss: Double?
    package var accuracy: Double?

    /// The loss that early stopping, the plateau schedule and the choice of the best model use.
    func loss(_ weights: LossWeights) -> Double {
        (nats ?? 0) * weights.next + (sentimentLoss ?? 0) * weights.sentiment
    }
}
