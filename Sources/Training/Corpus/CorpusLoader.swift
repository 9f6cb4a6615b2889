internal import Dispatch
internal import Model
internal import Synchronization
package import Tokenizer

/// Reads and tokenises what a recipe names.
package struct CorpusLoader: Sendable {
    private let recipe: Recipe
    private let tokenizer: any TokenizerModel
    private let threads: Int
    /// Told what is being read.
    private let progress: @Sendable (String) -> Void

    package init(
        _ recipe: Recipe, tokenizer: any TokenizerModel, threads: Int,
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.recipe = recipe
        self.tokenizer = tokenizer
        self.threads = threads
        self.progress = progress
    }

    package func load() throws(CorpusError) -> TrainingCorpora {
        var sources: [TrainingCorpora.Source] = []
        for source in recipe.texts {
            sources.append(.init(tokens: try texts([source]), lanes: source.lanes))
        }
        for source in recipe.labelled {
            sources.append(.init(tokens: try labelled([source]), lanes: source.lanes))
        }
        var corpora = TrainingCorpora(all: sources)
        let validation = recipe.validation
        if !validation.texts.isEmpty {
            corpora.validationText = try texts(validation.texts, limit: validation.tokens)
        }
        if !validation.labelled.isEmpty {
            corpora.validationLabelled = try labelled(validation.labelled)
        }
        return corpora
    }

    private var startToken: Int32? { recipe.network.startToken.map { Int32($0) } }

    /// - Parameter limit: tokens after which no further document is read.
    private func texts(
        _ sources: [Recipe.TextSource], limit: Int = .max
    ) throws(CorpusError) -> TokenCorpus {
        var corpus = TokenCorpus()
        for source in sources {
            for file in source.files {
                progress(file)
                let text = try TextFile.bytes(of: file)
                let documents = source.documents.split(text, group: source.group)
                for batch in batches(documents, limit: limit) where corpus.tokens.count < limit {
                    corpus.append(tokenise(batch.map { Array(text[$0]) }, labels: nil))
                }
            }
        }
        return corpus
    }

    /// Few documents at a time where not all may be wanted.
    private func batches(_ documents: [Range<Int>], limit: Int) -> [[Range<Int>]] {
        let size = limit == .max ? max(1, documents.count) : 16
        return stride(from: 0, to: documents.count, by: size).map {
            Array(documents[$0..<min($0 + size, documents.count)])
        }
    }

    private func labelled(_ sources: [Recipe.LabelledSource]) throws(CorpusError) -> TokenCorpus {
        var corpus = TokenCorpus()
        for source in sources {
            for file in source.files {
                progress(file)
                var options = LabelledTexts.Options()
                options.textColumn = source.text
                options.labelColumn = source.label
                options.rule = source.rule
                options.half = source.half
                let texts = try LabelledTexts(path: file, options).examples
                corpus.append(
                    tokenise(texts.map(\.text), labels: texts.map { $0.isPositive ? 1 : 0 }))
            }
        }
        return corpus
    }

    /// Threads take about equal parts of the documents; the result is in the documents' order.
    private func tokenise(_ documents: [[UInt8]], labels: [Double]?) -> TokenCorpus {
        let parts = min(threads, max(1, documents.count))
        let results = Mutex<[Int: TokenCorpus]>([:])
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            let encoder = tokenizer.makeEncoder()
            var corpus = TokenCorpus()
            for index in documents.count * part / parts..<documents.count * (part + 1) / parts {
                var tokens: [Token] = []
                var incremental = IncrementalTokenizer(encoder)
                incremental.append(documents[index], into: &tokens)
                incremental.finish(into: &tokens)
                corpus.append(
                    tokens.lazy.map(\.id), startToken: startToken,
                    byteCount: documents[index].count, label: labels?[index])
            }
            results.withLock { $0[part] = corpus }
        }
        let found = results.withLock { $0 }
        var corpus = TokenCorpus()
        for part in 0..<parts { if let some = found[part] { corpus.append(some) } }
        return corpus
    }
}
