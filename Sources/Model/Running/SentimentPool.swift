/// The sentiment of a message so far: the average of its tokens' evidence e, weighted by their
/// gates g, and the sum of its n-grams.
///
/// After token t the message's log-odds of positive are Σ g e / (1 + Σ g), over the tokens up to t.
/// The 1 acts as a token without evidence, which limits the effect of little evidence. This is the
/// attention pooling of Ilse et al. 2018, equations 7 and 8, with a sigmoid instead of the softmax,
/// so that the sums can be updated token by token.
package struct SentimentPool: Sendable, Equatable {
    /// Σ g e
    package var evidence: Float = 0
    /// Σ g
    package var weight: Float = 0
    /// Stays empty if the model has no n-grams.
    package var ngrams = NGramSum()

    package init(evidence: Float = 0, weight: Float = 0, ngrams: NGramSum = NGramSum()) {
        self.evidence = evidence
        self.weight = weight
        self.ngrams = ngrams
    }

    /// Adds one token of the message with the head's output.
    package mutating func add(_ reading: SentimentReading, token: Int32, of network: Network) {
        evidence += reading.evidence
        weight += reading.gate
        if let table = network.ngrams { ngrams.add(token, table) }
    }

    /// The message's log-odds of positive, given the output for the latest token: the sum of the
    /// network's and the n-grams' log-odds, as if they were independent.
    package func logit(_ latest: SentimentReading, of network: Network) -> Float {
        let own = evidence / (1 + weight) + latest.logit
        return network.ngrams.map { own + $0.logit(ngrams) } ?? own
    }
}
