/// The sentiment of n-grams: their log-count ratios in naive Bayes,
/// ln (p(n-gram in a positive text) / p(n-gram in a negative text)).
///
/// Source: Wang and Manning, "Baselines and bigrams: simple, good sentiment and topic
/// classification" (2012), equation 2. They complement a network on words that it has seen too
/// rarely to learn.
package struct SentimentNGrams: Sendable, Equatable {
    /// The length of the longest n-grams, in tokens.
    package let order: Int
    package let ratios: [NGram: Float]
    /// The log-odds of a long text that compensate for n-grams without a ratio, which would
    /// otherwise count as neutral.
    package let intercept: Float

    /// - Parameter ratios: finite, for n-grams of 1 to `order` tokens.
    package init(order: Int, ratios: [NGram: Float], intercept: Float = 0) {
        precondition((1...NGram.longest).contains(order) && ratios[NGram()] == nil)
        self.order = order
        self.ratios = ratios
        self.intercept = intercept
    }

    /// The number of tokens after which half of the intercept counts: few n-grams are missing at
    /// the beginning of a text.
    private static let halfway: Float = 10

    /// The fraction of the intercept that counts after `count` tokens.
    package static func share(ofInterceptAfter count: UInt64) -> Float {
        Float(count) / (Float(count) + halfway)
    }

    /// The log-odds of positive. Naive Bayes assumes independent n-grams; since they are dependent,
    /// n tokens count as √n independent ones.
    package func logit(_ sum: NGramSum) -> Float {
        guard sum.count > 0 else { return 0 }
        return sum.evidence / Float(sum.count).squareRoot()
            + intercept * Self.share(ofInterceptAfter: sum.count)
    }

    /// The sum over the n-grams that end with the latest token of `recent`.
    func evidence(_ recent: NGram) -> Float {
        var sum: Float = 0
        for count in 1...order {
            if let ending = recent.suffix(count), let ratio = ratios[ending] { sum += ratio }
        }
        return sum
    }
}
