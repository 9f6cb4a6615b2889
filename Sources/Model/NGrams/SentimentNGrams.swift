/// What n-grams of tokens say of a text's sentiment, each by itself: their log-count ratios in naive
/// Bayes, ln (p(n-gram in a positive text) / p(n-gram in a negative text)).
///
/// Source: Wang and Manning, "Baselines and bigrams: simple, good sentiment and topic classification"
/// (2012), equation 2. They complement a network: it understands what it has seen often, they remember
/// what it has not learned yet.
package struct SentimentNGrams: Sendable, Equatable {
    /// Tokens of the longest.
    package let order: Int
    package let ratios: [NGram: Float]
    /// What makes up for the n-grams that have no ratio: without it, they would all count as even. In
    /// log-odds, of a long text.
    package let intercept: Float

    /// - Parameter ratios: finite, of n-grams of 1 to `order` tokens.
    package init(order: Int, ratios: [NGram: Float], intercept: Float = 0) {
        precondition((1...NGram.longest).contains(order) && ratios[NGram()] == nil)
        self.order = order
        self.ratios = ratios
        self.intercept = intercept
    }

    /// Tokens after which half of the intercept counts: of a text that has hardly begun, hardly
    /// anything is missing.
    private static let halfway: Float = 10

    /// The part of the intercept that counts after so many tokens.
    package static func share(ofInterceptAfter count: UInt64) -> Float {
        Float(count) / (Float(count) + halfway)
    }

    /// Log-odds of positive. Naive Bayes takes n-grams for independent, which they are not: n tokens
    /// count as much as √n that are.
    package func logit(_ sum: NGramSum) -> Float {
        guard sum.count > 0 else { return 0 }
        return sum.evidence / Float(sum.count).squareRoot()
            + intercept * Self.share(ofInterceptAfter: sum.count)
    }

    /// The sum over those n-grams that end with the latest token of `recent`.
    func evidence(_ recent: NGram) -> Float {
        var sum: Float = 0
        for count in 1...order {
            if let ending = recent.suffix(count), let ratio = ratios[ending] { sum += ratio }
        }
        return sum
    }
}
