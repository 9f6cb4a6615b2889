import Kernels

/// `weight [R, W]` y + `bias [R]`, y being the last layer's output: the log-odds that the text so far
/// is positive (R = 1), or, with gated pooling, the evidence of the latest token and the logit of its
/// gate (R = 2).
package struct SentimentHead: Sendable {
    let weight: RowMatrix
    let pooling: ModelConfig.SentimentPooling

    init(config: ModelConfig, source: some WeightSource) throws(ModelError) {
        let (size, rows) = (config.layerWidth, config.heads.sentimentRows)
        let weight = try source.values(of: TensorSpec("sentiment.weight", [rows, size]))
        let bias = try source.values(of: TensorSpec("sentiment.bias", [rows]))
        pooling = config.heads.sentimentPooling
        self.weight = try packing { () throws(KernelError) in
            try RowMatrix(rowMajor: weight.span, bias: bias.span, rows: rows, columns: size)
        }
    }
}

/// What the sentiment head says of one token.
package struct SentimentReading: Sendable, Equatable {
    /// The log-odds of positive; 0 with gated pooling.
    package var logit: Float = 0
    /// With gated pooling g, from 0 to 1, and g e; otherwise 0.
    package var gate: Float = 0
    package var evidence: Float = 0
}

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
