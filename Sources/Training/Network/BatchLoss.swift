/// The losses of a mini-batch, in nats.
package struct BatchLoss: Codable, Sendable, Equatable {
    /// The sum of the cross-entropies of the next tokens, and the number of tokens.
    package var tokens = 0.0
    package var tokenCount = 0
    /// The weighted sum of the cross-entropies of the sentiment, and the sum of the weights.
    package var sentiment = 0.0
    package var sentimentWeight = 0.0

    mutating func add(_ other: BatchLoss) {
        tokens += other.tokens
        tokenCount += other.tokenCount
        sentiment += other.sentiment
        sentimentWeight += other.sentimentWeight
    }
}

/// The weights of the two heads' mean losses.
package struct LossWeights: Sendable, Equatable {
    package var next = 1.0
    package var sentiment = 1.0
}
