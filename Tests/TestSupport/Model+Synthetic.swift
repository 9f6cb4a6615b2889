internal import Foundation
package import Kernels
package import Model
package import Tokenizer

extension Model {
    /// A model without a folder. Its fingerprint covers the configuration
    /// and `name`, which should identify the weights.
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

    /// A model of random weights, a function of the configuration and the seed.
    package static func random(
        config: ModelConfig, tokenizer: any TokenizerModel = ByteTokenizer(), seed: UInt64 = 1,
        inputTable: Kernels? = nil
    ) throws(ModelError) -> Model {
        try synthetic(
            config: config, weights: RandomWeights(config: config, seed: seed),
            name: "random-\(seed)", tokenizer: tokenizer, inputTable: inputTable)
    }
}
