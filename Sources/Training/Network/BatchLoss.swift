/// What a window's losses are, in nats.
package struct BatchLoss: Codable, Sendable, Equatable {
    /// Sum of the next tokens' cross-entropies, and how many they are.
    package var tokens = 0.0
    package var tokenCount = 0
    /// Weighted sum of the sentiments' cross-entropies, and their weights.
    package var sentiment = 0.0
    package var sentimentWeight = 0.0

    package init() {}

    mutating func add(_ other: BatchLoss) {
        tokens += other.tokens
        tokenCount += other.tokenCount
        sentiment += other.sentiment
        sentimentWeight += other.sentimentWeight
    }
}

/// How much the two heads' mean losses count.
package struct LossWeights: Sendable, Equatable {
    package var next: Double
    package var sentiment: Double

    package init(next: Double = 1, sentiment: Double = 1) {
        self.next = next
        self.sentiment = sentiment
    }
}
