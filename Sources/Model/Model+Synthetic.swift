import Foundation
package import Kernels
package import Tokenizer

extension Model {
    /// A model without a folder, for measuring and for tests. Its fingerprint is of the
    /// configuration and `name`, which should tell the weights apart.
    package static func synthetic(
        config: ModelConfig, weights: some WeightSource, name: String,
        tokenizer: any TokenizerModel = ByteTokenizer(), inputTable: Kernels? = nil
    ) throws(ModelError) -> Model {
        let network = try Network(
            config: config, source: weights, ngrams: .random(config), inputTable: inputTable)
        let fingerprint = Fingerprint(
            config: config, digests: [:], tokenizer: Array(name.utf8))
        return Model(
            folder: URL(filePath: "/\(name)"), network: network, tokenizer: tokenizer,
            fingerprint: fingerprint)
    }

    /// A model of random weights, the same for the same configuration and seed.
    package static func random(
        config: ModelConfig, tokenizer: any TokenizerModel = ByteTokenizer(), seed: UInt64 = 1,
        inputTable: Kernels? = nil
    ) throws(ModelError) -> Model {
        try synthetic(
            config: config, weights: RandomWeights(config: config, seed: seed),
            name: "random-\(seed)", tokenizer: tokenizer, inputTable: inputTable)
    }
}
