/// What the tokens of a message have said of its sentiment so far: an average of their evidence e,
/// weighted by their gates g, and beside it what its n-grams say.
///
/// After token t the message's log-odds of positive are Σ g e / (1 + Σ g), over the tokens up to t.
/// The 1 stands for a token without evidence, so that little evidence counts little. (Attention
/// pooling as of Ilse et al. 2018, equations 7 and 8, with a sigmoid in place of the softmax: sums
/// that go on token by token.)
package struct SentimentPool: Sendable, Equatable {
    /// Σ g e
    package var evidence: Float = 0
    /// Σ g
    package var weight: Float = 0
    /// Where the model has n-grams.
    package var ngrams = NGramSum()

    package init(evidence: Float = 0, weight: Float = 0, ngrams: NGramSum = NGramSum()) {
        self.evidence = evidence
        self.weight = weight
        self.ngrams = ngrams
    }

    /// Takes up one token of the message, of which a network's head says this.
    package mutating func add(_ reading: SentimentReading, token: Int32, of network: Network) {
        evidence += reading.evidence
        weight += reading.gate
        if let table = network.ngrams { ngrams.add(token, table) }
    }

    /// The message's log-odds of positive, when the token read last says this: those of the network
    /// and those of n-grams, added as if they were independent.
    package func logit(_ latest: SentimentReading, of network: Network) -> Float {
        let own = evidence / (1 + weight) + latest.logit
        return network.ngrams.map { own + $0.logit(ngrams) } ?? own
    }
}
