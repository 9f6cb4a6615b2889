internal import Digests
internal import Model
package import Tokenizer

/// Reads and tokenises the texts of a recipe, and counts n-grams.
package struct CorpusLoader: Sendable {
    private let recipe: Recipe
    private let tokenizer: any TokenizerModel
    private let threads: Int
    private let isStopped: @Sendable () -> Bool
    /// Receives a description of the current work.
    private let progress: @Sendable (String) -> Void

    /// - Parameter isStopped: polled often; true ends the reading with `CorpusError.interrupted`.
    package init(
        _ recipe: Recipe, tokenizer: any TokenizerModel, threads: Int,
        isStopped: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.recipe = recipe
        self.tokenizer = tokenizer
        self.threads = threads
        self.isStopped = isStopped
        self.progress = progress
    }

    package func load() throws(CorpusError) -> TrainingCorpora {
        var sources: [TrainingCorpora.Source] = []
        var inputs: [RunInput] = []
        for (index, source) in recipe.texts.enumerated() {
            var tokens = TokenCorpus()
            try add(source, "text[\(index)]", to: &tokens, &inputs)
            sources.append(.init(tokens: tokens, lanes: source.lanes))
        }
        for (index, source) in recipe.labelled.enumerated() {
            var tokens = TokenCorpus()
            try add(source, "labelled[\(index)]", to: &tokens, &inputs)
            sources.append(.init(tokens: tokens, lanes: source.lanes, messages: messages(source)))
        }
        var corpora = TrainingCorpora(all: sources)
        let validation = recipe.validation
        var (text, labelled) = (TokenCorpus(), TokenCorpus())
        for (index, source) in validation.texts.enumerated() {
            try add(
                source, "validation.text[\(index)]", to: &text, &inputs, limit: validation.tokens)
        }
        for (index, source) in validation.labelled.enumerated() {
            try add(source, "validation.labelled[\(index)]", to: &labelled, &inputs)
        }
        corpora.validationText = validation.texts.isEmpty ? nil : text
        corpora.validationLabelled = validation.labelled.isEmpty ? nil : labelled
        corpora.inputs = inputs
        if recipe.network.heads.sentimentNGrams > 0 { progress("counting n-grams") }
        try corpora.countNGrams(recipe, isStopped: isStopped)
        return corpora
    }

    private func messages(_ source: Recipe.LabelledSource) -> LabelledMessages {
        var messages = LabelledMessages()
        messages.weights = recipe.loss.sentiment
        messages.weight = source.weight
        messages.joined = source.joined
        messages.separator = tokenizer.encode(Array(recipe.network.separator.utf8)).first
        return messages
    }

    private var startToken: Int32? { recipe.network.startToken.map { Int32($0) } }

    /// Adds the texts of the source with that key.
    ///
    /// - Parameter limit: the number of tokens of `corpus` after which no further document is read.
    private func add(
        _ source: Recipe.TextSource, _ key: String, to corpus: inout TokenCorpus,
        _ inputs: inout [RunInput], limit: Int = .max
    ) throws(CorpusError) {
        for (number, file) in source.files.enumerated() {
            let bytes = try read(file, "\(key).files[\(number)]", &inputs)
            let text = source.documents.prepared(bytes)
            let documents = source.documents.split(text, group: source.group)
            for batch in batches(documents, limit: limit) where corpus.tokens.count < limit {
                corpus.append(try tokenise(batch.map { text[$0] }, labels: nil, of: file))
            }
        }
    }

    /// The bytes of an input. Records the input with its digest.
    private func read(
        _ file: String, _ place: String, _ inputs: inout [RunInput]
    ) throws(CorpusError) -> [UInt8] {
        progress("reading \(file)")
        let bytes = try TextFile.utf8(of: file, isStopped: isStopped)
        inputs.append(RunInput(key: place, file: file, digest: Digest(of: bytes)))
        return bytes
    }

    /// With a limit, few documents at a time, so that few are tokenised beyond it.
    private func batches(_ documents: [Range<Int>], limit: Int) -> [[Range<Int>]] {
        let size = limit == .max ? max(1, documents.count) : 16
        return stride(from: 0, to: documents.count, by: size).map {
            Array(documents[$0..<min($0 + size, documents.count)])
        }
    }

    private func add(
        _ source: Recipe.LabelledSource, _ key: String, to corpus: inout TokenCorpus,
        _ inputs: inout [RunInput]
    ) throws(CorpusError) {
        var options = LabelledTexts.Options()
        options.textColumn = source.text
        options.labelColumn = source.label
        options.rule = source.rule
        options.half = source.half
        for (number, file) in source.files.enumerated() {
            let bytes = try read(file, "\(key).files[\(number)]", &inputs)
            let texts = try LabelledTexts(bytes, file: file, options).examples
            corpus.append(
                try tokenise(
                    texts.map { $0.text[...] }, labels: texts.map { $0.isPositive ? 1 : 0 },
                    of: file))
        }
    }

    /// Each thread tokenises an equal share of the documents. The result has the order of the
    /// documents.
    private func tokenise(
        _ documents: [ArraySlice<UInt8>], labels: [Double]?, of file: String
    ) throws(CorpusError) -> TokenCorpus {
        let parts = min(threads, max(1, documents.count))
        let found = ThreadPool(threads: threads).results(parts) { part in
            let encoder = tokenizer.makeEncoder()
            var corpus = TokenCorpus()
            for index in documents.count * part / parts..<documents.count * (part + 1) / parts {
                let document = documents[index]
                var ids: [Int32] = []
                encoder.tokenise(document.span, isStopped: isStopped) {
                    ids += $0.lazy.map(\.id)
                }
                corpus.append(
                    ids, startToken: startToken, byteCount: document.count,
                    label: labels?[index])
            }
            return corpus
        }
        if isStopped() { throw .interrupted(doing: "read \(file)") }
        return found.reduce(into: TokenCorpus()) { $0.append($1) }
    }
}
