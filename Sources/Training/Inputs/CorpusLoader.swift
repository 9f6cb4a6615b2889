internal import Digests
internal import Dispatch
internal import Model
internal import Synchronization
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
            let tokens = try texts([source], from: index, of: "text", &inputs)
            sources.append(.init(tokens: tokens, lanes: source.lanes))
        }
        for (index, source) in recipe.labelled.enumerated() {
            let tokens = try labelled([source], from: index, of: "labelled", &inputs)
            sources.append(
                .init(tokens: tokens, lanes: source.lanes, messages: messages(source)))
        }
        var corpora = TrainingCorpora(all: sources)
        let validation = recipe.validation
        if !validation.texts.isEmpty {
            corpora.validationText = try texts(
                validation.texts, of: "validation.text", &inputs, limit: validation.tokens)
        }
        if !validation.labelled.isEmpty {
            corpora.validationLabelled = try labelled(
                validation.labelled, of: "validation.labelled", &inputs)
        }
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

    /// - Parameters:
    ///   - first: the index of the first source among those of the recipe's `key`.
    ///   - limit: the number of tokens after which no further document is read.
    private func texts(
        _ sources: [Recipe.TextSource], from first: Int = 0, of key: String,
        _ inputs: inout [RunInput], limit: Int = .max
    ) throws(CorpusError) -> TokenCorpus {
        var corpus = TokenCorpus()
        for (index, source) in sources.enumerated() {
            for (number, file) in source.files.enumerated() {
                let place = "\(key)[\(first + index)].files[\(number)]"
                let text = source.documents.prepared(try read(file, place, &inputs))
                let documents = source.documents.split(text, group: source.group)
                for batch in batches(documents, limit: limit) where corpus.tokens.count < limit {
                    corpus.append(try tokenise(batch.map { text[$0] }, labels: nil, of: file))
                }
            }
        }
        return corpus
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

    private func labelled(
        _ sources: [Recipe.LabelledSource], from first: Int = 0, of key: String,
        _ inputs: inout [RunInput]
    ) throws(CorpusError) -> TokenCorpus {
        var corpus = TokenCorpus()
        for (index, source) in sources.enumerated() {
            for (number, file) in source.files.enumerated() {
                var options = LabelledTexts.Options()
                options.textColumn = source.text
                options.labelColumn = source.label
                options.rule = source.rule
                options.half = source.half
                let place = "\(key)[\(first + index)].files[\(number)]"
                let bytes = try read(file, place, &inputs)
                let texts = try LabelledTexts(bytes, file: file, options).examples
                corpus.append(
                    try tokenise(
                        texts.map { $0.text[...] }, labels: texts.map { $0.isPositive ? 1 : 0 },
                        of: file))
            }
        }
        return corpus
    }

    /// Each thread tokenises an equal share of the documents. The result has the order of the
    /// documents.
    private func tokenise(
        _ documents: [ArraySlice<UInt8>], labels: [Double]?, of file: String
    ) throws(CorpusError) -> TokenCorpus {
        let parts = min(threads, max(1, documents.count))
        let results = Mutex<[Int: TokenCorpus]>([:])
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            let encoder = tokenizer.makeEncoder()
            var corpus = TokenCorpus()
            for index in documents.count * part / parts..<documents.count * (part + 1) / parts {
                corpus.append(
                    tokens(of: documents[index], encoder), startToken: startToken,
                    byteCount: documents[index].count, label: labels?[index])
            }
            results.withLock { $0[part] = corpus }
        }
        if isStopped() { throw .interrupted(doing: "read \(file)") }
        let found = results.withLock { $0 }
        var corpus = TokenCorpus()
        for part in 0..<parts { if let some = found[part] { corpus.append(some) } }
        return corpus
    }

    /// The tokens of a document, or of its beginning if stopped. Pieces let `isStopped` be polled
    /// often.
    private func tokens(of document: ArraySlice<UInt8>, _ encoder: TokenEncoder) -> [Int32] {
        var tokens: [Token] = []
        var incremental = IncrementalTokenizer(encoder)
        let bytes = document.span
        for start in stride(from: 0, to: bytes.count, by: Self.pieceByteCount) where !isStopped() {
            let end = min(start + Self.pieceByteCount, bytes.count)
            incremental.append(bytes.extracting(start..<end), into: &tokens)
        }
        incremental.finish(into: &tokens)
        return tokens.map(\.id)
    }

    private static let pieceByteCount = 1 << 16
}
