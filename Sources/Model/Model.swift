import Files
package import Foundation
package import Kernels
internal import PlainText
package import Tokenizer

/// A loaded model folder, immutable and shared by all threads.
///
///     config.json          the configuration of the network
///     model.safetensors    its weights
///     tokenizer.json       the tokenizer, absent for a byte model
///     ngrams.tsv           log-count ratios of n-grams, if the configuration has them
package final class Model: Sendable {
    package let folder: URL
    package let network: Network
    package let tokenizer: any TokenizerModel
    package let fingerprint: Fingerprint
    package var config: ModelConfig { network.config }

    /// The maximum size of a config.json, in bytes.
    private static let configLimit = 1 << 20

    package init(
        folder: URL, network: Network, tokenizer: any TokenizerModel, fingerprint: Fingerprint
    ) {
        self.folder = folder
        self.network = network
        self.tokenizer = tokenizer
        self.fingerprint = fingerprint
    }

    /// Reads and checks the whole folder. With kernels in `inputTable`, layer 0 uses a table of its
    /// input products, if that takes at most `inputTableLimit` bytes; see `Network`.
    ///
    /// - Throws: `ModelError` that names the file, the part, what was found and what was expected.
    package static func load(
        from folder: URL, inputTable: Kernels? = nil,
        inputTableLimit: Int = Network.usualInputTableLimit
    ) throws(ModelError) -> Model {
        func path(_ name: String) -> String { folder.appending(path: name).path }
        let config = try config(from: folder)
        let (tokenizer, tokenizerBytes) = try tokenizer(config, path("tokenizer.json"))
        try check(tokenizer.vocabulary, config, file: path("config.json"))
        let weights = try SafetensorsWeights(path: path("model.safetensors"), specs: config.tensors)
        let (ngrams, ngramBytes) = try ngrams(config, path(SentimentNGrams.fileName))
        let network = try Network(
            config: config, source: weights, ngrams: ngrams, inputTable: inputTable,
            inputTableLimit: inputTableLimit)
        let fingerprint = Fingerprint(
            config: config, digests: weights.digests, tokenizer: tokenizerBytes,
            ngrams: ngramBytes)
        return Model(
            folder: folder, network: network, tokenizer: tokenizer, fingerprint: fingerprint)
    }

    /// The configuration of the model in that folder, without its weights.
    package static func config(from folder: URL) throws(ModelError) -> ModelConfig {
        let file = folder.appending(path: "config.json").path
        return try ModelConfig.decode(
            RegularFile.modelContents(of: file, limit: configLimit).withoutByteOrderMark,
            file: file)
    }

    /// The tokenizer and the bytes of its file.
    private static func tokenizer(
        _ config: ModelConfig, _ file: String
    ) throws(ModelError) -> (any TokenizerModel, [UInt8]) {
        guard config.tokenizer == .bpe else { return (ByteTokenizer(), []) }
        let bytes = try RegularFile.modelContents(of: file, limit: BPETokenizer.fileLimit)
        do {
            return (try BPETokenizer(json: bytes, name: file), bytes)
        } catch {
            throw ModelError(tokenizer: error, file: file)
        }
    }

    /// The n-grams and the bytes of their file.
    private static func ngrams(
        _ config: ModelConfig, _ file: String
    ) throws(ModelError) -> (SentimentNGrams?, [UInt8]) {
        let order = config.heads.sentimentNGrams
        guard order > 0 else { return (nil, []) }
        let bytes = try RegularFile.modelContents(of: file, limit: SentimentNGrams.fileLimit)
        let ngrams = try SentimentNGrams(
            decoding: bytes.withoutByteOrderMark, file: file, order: order,
            vocabularySize: config.vocabularySize)
        return (ngrams, bytes)
    }

    private static func check(
        _ vocabulary: Vocabulary, _ config: ModelConfig, file: String
    ) throws(ModelError) {
        guard vocabulary.count == config.vocabularySize else {
            throw ModelError(
                .wrongValue, file: file, part: "vocab_size", found: "\(config.vocabularySize)",
                expected: "\(vocabulary.count), the tokens of the tokenizer "
                    + "(\(config.tokenizer.rawValue))")
        }
    }
}
