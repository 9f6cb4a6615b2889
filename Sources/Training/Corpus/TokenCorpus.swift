/// The tokens of texts, concatenated. Each text begins with the start token, if there is one.
package struct TokenCorpus: Sendable {
    package private(set) var tokens: [Int32] = []
    /// The position of each text in `tokens`.
    package private(set) var begins: [Int] = []
    /// The probability that each text is positive; nil if unlabelled.
    package private(set) var labels: [Double?] = []
    /// Bytes of text that the tokens cover.
    package private(set) var byteCount = 0

    package var count: Int { begins.count }

    package mutating func append(
        _ text: some Sequence<Int32>, startToken: Int32?, byteCount: Int, label: Double? = nil
    ) {
        begins.append(tokens.count)
        labels.append(label)
        if let startToken { tokens.append(startToken) }
        tokens.append(contentsOf: text)
        self.byteCount += byteCount
    }

    package func range(of text: Int) -> Range<Int> {
        begins[text]..<(text + 1 < begins.count ? begins[text + 1] : tokens.count)
    }

    package mutating func append(_ other: TokenCorpus) {
        begins += other.begins.map { $0 + tokens.count }
        tokens += other.tokens
        labels += other.labels
        byteCount += other.byteCount
    }
}
