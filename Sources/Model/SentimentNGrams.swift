/// One to three tokens, one after another.
package struct NGram: Hashable, Sendable {
    package static let longest = 3
    private static let bitsOfToken = 21
    private static let mask: UInt64 = 1 << bitsOfToken - 1

    /// Each token's id plus 1, the latest one lowest; 0 where there is none.
    package private(set) var packed: UInt64 = 0

    /// No token yet.
    package init() {}

    package init(_ tokens: some Sequence<Int32>) {
        for token in tokens { append(token) }
    }

    /// What was packed; nil if no tokens are packed so, or more than `count`.
    package init?(packed: UInt64, count: Int = longest) {
        self.packed = packed
        let tokens = tokens
        guard tokens.count <= count, NGram(tokens).packed == packed else { return nil }
    }

    /// Oldest first.
    package var tokens: [Int32] {
        (0..<Self.longest).reversed().compactMap { place in
            let field = packed >> (UInt64(place) * UInt64(Self.bitsOfToken)) & Self.mask
            return field == 0 ? nil : Int32(field) - 1
        }
    }

    /// Goes on by a token, and keeps the latest `longest`.
    package mutating func append(_ token: Int32) {
        precondition(token >= 0 && UInt64(token) < Self.mask)
        packed = packed << UInt64(Self.bitsOfToken) | (UInt64(token) + 1)
        packed &= 1 << UInt64(Self.longest * Self.bitsOfToken) - 1
    }

    /// Its latest tokens, nil if there are fewer.
    package func suffix(_ count: Int) -> NGram? {
        let shift = UInt64((count - 1) * Self.bitsOfToken)
        guard packed >> shift != 0 else { return nil }
        var suffix = NGram()
        suffix.packed = packed & (1 << (shift + UInt64(Self.bitsOfToken)) - 1)
        return suffix
    }
}

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
