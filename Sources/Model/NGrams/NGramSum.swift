/// The sum over the n-grams of a message so far.
package struct NGramSum: Sendable, Equatable {
    /// Σ of the log-count ratios.
    package var evidence: Float = 0
    /// The number of tokens of the message.
    package var count: UInt64 = 0
    /// The latest tokens, with which the next n-grams begin.
    package var recent = NGram()

    package init() {}

    /// Adds one token of the message.
    package mutating func add(_ token: Int32, _ table: SentimentNGrams) {
        recent.append(token)
        evidence += table.evidence(recent)
        count += 1
        recent = recent.suffix(NGram.longest - 1) ?? recent
    }
}
