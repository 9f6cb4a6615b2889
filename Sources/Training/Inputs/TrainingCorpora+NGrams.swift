internal import Model

extension TrainingCorpora {
    /// Counts the n-grams of a recipe in its labelled texts.
    ///
    /// - Parameter isStopped: polled for every text; true ends it with `CorpusError.interrupted`.
    package mutating func countNGrams(
        _ recipe: Recipe, isStopped: () -> Bool = { false }
    ) throws(CorpusError) {
        let order = recipe.network.heads.sentimentNGrams
        guard order > 0 else { return }
        let tables = zip(all.dropFirst(recipe.texts.count), recipe.labelled)
        let texts = tables.flatMap { table, source in
            source.ngrams ? table.tokens.labelledTexts(of: recipe.network) : []
        }
        var counts = NGramCounts(order: order)
        for text in texts {
            if isStopped() { throw NGramCounts.interrupted }
            counts.add(text.tokens, isPositive: text.isPositive)
        }
        let table = counts.table(minimum: recipe.ngrams.minimum, limit: recipe.ngrams.limit)
        ngrams = SentimentNGrams(
            order: order, ratios: table.ratios,
            intercept: try counts.intercept(of: table, texts: texts, isStopped: isStopped))
    }
}

extension TokenCorpus {
    func labelledTexts(of network: ModelConfig) -> [(tokens: ArraySlice<Int32>, isPositive: Bool)] {
        (0..<count).compactMap { index in
            labels[index].map { (text(index, of: network), $0 > 0.5) }
        }
    }

    /// A text's own tokens, without the start token.
    func text(_ index: Int, of network: ModelConfig) -> ArraySlice<Int32> {
        tokens[range(of: index).dropFirst(network.startToken == nil ? 0 : 1)]
    }
}

extension SentimentNGrams {
    /// The log-odds that the n-grams add for a whole text.
    func logit(_ text: some Sequence<Int32>) -> Float {
        var sum = NGramSum()
        for token in text { sum.add(token, self) }
        return logit(sum)
    }
}
