internal import Model
package import StrictTOML

extension Recipe {
    /// Reads a recipe file. Relative paths start from the file's folder; those of texts and tables
    /// start from `data`, if given.
    package init(file path: String, data: String? = nil) throws(ConfigurationError) {
        self = try TOMLDocument.read(
            try TOMLDocument.text(ofFile: path), source: path, codec: Self.codec,
            inconsistencies: \.inconsistencies)
        tokenizer = tokenizer.map { TOMLDocument.absolute($0, fromFile: path) }
        start = start.map { TOMLDocument.absolute($0, fromFile: path) }
        let base = data.map { "\($0)/recipe" } ?? path
        forEachCorpus { TOMLDocument.absolute($0, fromFile: base) }
    }

    /// This recipe as TOML. Reading it gives an equal recipe.
    package var document: String { Self.codec.encode(self).document }

    private mutating func forEachCorpus(_ change: (String) -> String) {
        for index in texts.indices { texts[index].files = texts[index].files.map(change) }
        for index in labelled.indices { labelled[index].files = labelled[index].files.map(change) }
        for index in validation.texts.indices {
            validation.texts[index].files = validation.texts[index].files.map(change)
        }
        for index in validation.labelled.indices {
            validation.labelled[index].files = validation.labelled[index].files.map(change)
        }
    }

    /// Contradictions between values that are valid on their own.
    package var inconsistencies: [ConfigurationError.Problem] {
        networkProblems + sourceProblems + lengthProblems
    }

    private var networkProblems: [ConfigurationError.Problem] {
        var problems: [ConfigurationError.Problem] = []
        if network.bidirectional && network.heads.next {
            problems.append(
                .init(
                    "network.bidirectional",
                    "cannot be true for a language model (next = true): the reverse direction reads "
                        + "the tokens that must be predicted"))
        }
        if network.bidirectional && !window.wholeTexts {
            problems.append(
                .init("window.whole_texts", "must be true for a bidirectional network"))
        }
        if network.bidirectional && network.heads.sentimentPooling != .last {
            problems.append(
                .init("network.sentiment_pooling", "must be \"last\" for a bidirectional network"))
        }
        if network.tieWeights && network.embeddingSize != network.hiddenSize {
            problems.append(
                .init(
                    "network.tie_weights",
                    "needs equal sizes, not embedding_size \(network.embeddingSize) and "
                        + "hidden_size \(network.hiddenSize)"))
        }
        if network.tieWeights && !network.heads.next {
            problems.append(.init("network.tie_weights", "needs next = true"))
        }
        if !network.heads.next && !network.heads.sentiment {
            problems.append(.init("network", "has no head: neither next nor sentiment is true"))
        }
        return problems
    }

    private var sourceProblems: [ConfigurationError.Problem] {
        var problems: [ConfigurationError.Problem] = []
        if texts.isEmpty && labelled.isEmpty {
            problems.append(.init("", "nothing to read: expected [[text]] or [[labelled]]"))
        }
        for (key, lanes) in texts.enumerated().map({ ("text[\($0)]", $1.lanes) })
            + labelled.enumerated().map({ ("labelled[\($0)]", $1.lanes) }) where lanes == 0
        {
            problems.append(.init(key + ".lanes", "is missing: how many lanes read it, 1 or more"))
        }
        let files =
            texts.enumerated().map { ("text[\($0)]", $1.files) }
            + labelled.enumerated().map { ("labelled[\($0)]", $1.files) }
            + validation.texts.enumerated().map { ("validation.text[\($0)]", $1.files) }
            + validation.labelled.enumerated().map { ("validation.labelled[\($0)]", $1.files) }
        for (key, names) in files where names.isEmpty {
            problems.append(.init(key + ".files", "is missing: the files to read, one or more"))
        }
        if !texts.isEmpty && !network.heads.next {
            problems.append(.init("text", "needs network.next = true: it has no labels"))
        }
        if !labelled.isEmpty && !network.heads.sentiment {
            problems.append(.init("labelled", "needs network.sentiment = true"))
        }
        if network.heads.sentiment && labelled.isEmpty {
            problems.append(
                .init("network.sentiment", "needs a [[labelled]] source to learn it from"))
        }
        if !validation.texts.isEmpty && !network.heads.next {
            problems.append(.init("validation.text", "needs network.next = true: it has no labels"))
        }
        if !validation.labelled.isEmpty && !network.heads.sentiment {
            problems.append(.init("validation.labelled", "needs network.sentiment = true"))
        }
        if network.heads.sentimentNGrams > 0 && !labelled.contains(where: \.ngrams) {
            problems.append(
                .init("network.sentiment_ngrams", "needs a [[labelled]] source to count them in"))
        }
        if network.heads.sentimentNGrams == 0 && ngrams != NGrams() {
            problems.append(
                .init("ngrams", "has no effect: network.sentiment_ngrams is 0"))
        }
        if network.heads.sentimentNGrams == 0 && labelled.contains(where: { !$0.ngrams }) {
            problems.append(
                .init("labelled.ngrams", "has no effect: network.sentiment_ngrams is 0"))
        }
        if network.heads.sentimentNGrams > 0 && window.wholeTexts {
            problems.append(
                .init("network.sentiment_ngrams", "must be 0 with window.whole_texts = true"))
        }
        if window.wholeTexts && (!texts.isEmpty || labelled.count != 1) {
            problems.append(
                .init("window.whole_texts", "needs exactly one [[labelled]] source and no [[text]]")
            )
        }
        if window.wholeTexts && labelled.contains(where: { $0.joined > 0 }) {
            problems.append(.init("labelled.joined", "must be 0 with window.whole_texts = true"))
        }
        if window.wholeTexts && labelled.contains(where: { $0.weight != 1 }) {
            problems.append(
                .init("labelled.weight", "has no effect with window.whole_texts = true"))
        }
        return problems
    }

    private var lengthProblems: [ConfigurationError.Problem] {
        var problems: [ConfigurationError.Problem] = []
        if length.steps == nil && length.epochs == nil {
            problems.append(.init("length", "needs steps or epochs"))
        }
        if schedule.kind == .plateau && validation.texts.isEmpty && validation.labelled.isEmpty {
            problems.append(.init("schedule.kind", "\"plateau\" needs something to validate on"))
        }
        return problems
    }
}
