package import Model

/// In how many positive and negative texts each n-gram is.
package struct NGramCounts: Sendable {
    private struct Count {
        var positive = 0
        var negative = 0
    }

    private let order: Int
    private var counts: [NGram: Count] = [:]
    private var texts = Count()

    /// - Parameter order: tokens of the longest.
    package init(order: Int) { self.order = order }

    /// Counts each n-gram of a text once (Wang and Manning 2012, section 2.1: binarised counts).
    package mutating func add(_ text: some Sequence<Int32>, isPositive: Bool) {
        var recent = NGram()
        var found: Set<NGram> = []
        for token in text {
            recent.append(token)
            for count in 1...order {
                if let ngram = recent.suffix(count) { found.insert(ngram) }
            }
        }
        let side = isPositive ? \Count.positive : \Count.negative
        for ngram in found { counts[ngram, default: Count()][keyPath: side] += 1 }
        texts[keyPath: side] += 1
    }

    /// The log-count ratios, smoothed by one text, of at most `limit` n-grams that are in `minimum`
    /// texts or more: those whose ratio is surest to differ from 0.
    package func table(minimum: Int, limit: Int) -> SentimentNGrams {
        let enough = counts.filter { $1.positive + $1.negative >= minimum }
        let found = enough.map { ngram, count in
            let positive = Double(count.positive + 1) / Double(texts.positive + 2)
            let negative = Double(count.negative + 1) / Double(texts.negative + 2)
            let ratio = naturalLog(positive / negative)
            // The ratio in standard errors.
            let variance = 1 / Double(count.positive + 1) + 1 / Double(count.negative + 1)
            return (ngram: ngram, ratio: ratio, score: abs(ratio) / variance.squareRoot())
        }
        let surest = found.sorted { ($1.score, $0.ngram.packed) < ($0.score, $1.ngram.packed) }
        return SentimentNGrams(
            order: order,
            ratios: Dictionary(
                uniqueKeysWithValues: surest.prefix(limit).map { ($0.ngram, Float($0.ratio)) }))
    }
}

extension SentimentNGrams {
    /// Those that a recipe asks for, counted in its labelled texts; nil if it asks for none.
    static func counted(_ recipe: Recipe, _ corpora: TrainingCorpora) -> SentimentNGrams? {
        let order = recipe.network.heads.sentimentNGrams
        guard order > 0 else { return nil }
        var counts = NGramCounts(order: order)
        let tables = corpora.all.dropFirst(recipe.texts.count)
        for (table, source) in zip(tables, recipe.labelled) where source.ngrams {
            for text in 0..<table.tokens.count {
                guard let label = table.tokens.labels[text] else { continue }
                counts.add(table.tokens.text(text, of: recipe.network), isPositive: label > 0.5)
            }
        }
        return counts.table(minimum: recipe.ngrams.minimum, limit: recipe.ngrams.limit)
    }

    /// What they add to the log-odds of a whole text.
    func logit(_ text: some Sequence<Int32>) -> Float {
        var sum = NGramSum()
        for token in text { sum.add(token, self) }
        return sum.logit
    }
}

extension TokenCorpus {
    /// A text's own tokens, without the start token.
    func text(_ index: Int, of network: ModelConfig) -> ArraySlice<Int32> {
        tokens[range(of: index).dropFirst(network.startToken == nil ? 0 : 1)]
    }
}
