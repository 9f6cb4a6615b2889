internal import Model

extension SentimentNGrams {
    /// Those that a recipe asks for, counted in its labelled texts; nil if it asks for none.
    static func counted(_ recipe: Recipe, _ corpora: TrainingCorpora) -> SentimentNGrams? {
        let order = recipe.network.heads.sentimentNGrams
        guard order > 0 else { return nil }
        let tables = zip(corpora.all.dropFirst(recipe.texts.count), recipe.labelled)
        let texts = tables.flatMap { table, source in
            source.ngrams ? table.tokens.labelledTexts(of: recipe.network) : []
        }
        var counts = NGramCounts(order: order)
        for text in texts { counts.add(text.tokens, isPositive: text.isPositive) }
        let table = counts.table(minimum: recipe.ngrams.minimum, limit: recipe.ngrams.limit)
        return SentimentNGrams(
            order: order, ratios: table.ratios,
            intercept: counts.intercept(of: table, texts: texts))
    }

    /// What they add to the log-odds of a whole text.
    func logit(_ text: some Sequence<Int32>) -> Float {
        var sum = NGramSum()
        for token in text { sum.add(token, self) }
        return logit(sum)
    }
}

extension TokenCorpus {
    func labelledTexts(
        of network: ModelConfig
    ) -> [(tokens: ArraySlice<Int32>, isPositive: Bool)] {
        (0..<count).compactMap { index in
            labels[index].map { (text(index, of: network), $0 > 0.5) }
        }
    }

    /// A text's own tokens, without the start token.
    func text(_ index: Int, of network: ModelConfig) -> ArraySlice<Int32> {
        tokens[range(of: index).dropFirst(network.startToken == nil ? 0 : 1)]
    }
}
