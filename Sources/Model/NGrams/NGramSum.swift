/// What the n-grams of a message have said of its sentiment so far.
package struct NGramSum: Sendable, Equatable {
    /// Σ of their log-count ratios.
    package var evidence: Float = 0
    /// Tokens of the message.
    package var count: UInt64 = 0
    /// The latest of them, which the next n-grams begin with.
    package var recent = NGram()

    package init() {}

    /// Takes up one token of the message.
    package mutating func add(_ token: Int32, _ table: SentimentNGrams) {
        recent.append(token)
        evidence += table.evidence(recent)
        count += 1
        recent = recent.suffix(NGram.longest - 1) ?? recent
    }
}
