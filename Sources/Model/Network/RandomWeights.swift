package import Kernels
internal import Randomness

/// Weights from uniform(-1/√H, 1/√H), as PyTorch initialises them. Equal seeds give equal weights
/// on every machine.
package struct RandomWeights: WeightSource {
    private let bound: Float
    private let seed: UInt64

    package init(config: ModelConfig, seed: UInt64) {
        bound = 1 / Float(config.hiddenSize).squareRoot()
        self.seed = seed
    }

    package func values(of spec: TensorSpec) -> [Float] {
        // FNV-1a, so that each tensor has a sequence of its own.
        let name = spec.name.utf8.reduce(0xCBF2_9CE4_8422_2325) { (hash: UInt64, byte) in
            (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        var generator = SeededRandom(seed: seed ^ name)
        return (0..<spec.count).map { _ in
            let unit = Float(generator.next() >> 40) / Float(1 << 24)
            return (2 * unit - 1) * bound
        }
    }
}

extension Network {
    /// A network of random weights, for benchmarks and tests.
    package static func random(
        config: ModelConfig, seed: UInt64 = 1, inputTable: Kernels? = nil,
        inputTableLimit: Int = usualInputTableLimit
    ) throws(ModelError) -> Network {
        let source = RandomWeights(config: config, seed: seed)
        return try Network(
            config: config, source: source, ngrams: .random(config), inputTable: inputTable,
            inputTableLimit: inputTableLimit)
    }
}

extension SentimentNGrams {
    /// Random ratios for half of all tokens and for some n-grams; nil for a configuration without
    /// n-grams.
    package static func random(_ config: ModelConfig) -> SentimentNGrams? {
        let order = config.heads.sentimentNGrams
        guard order > 0 else { return nil }
        var generator = SeededRandom(seed: 3)
        func token() -> Int32 { Int32(generator.next() % UInt64(config.vocabularySize)) }
        func ratio() -> Float { Float(generator.next() >> 40) / Float(1 << 23) - 1 }
        var ratios: [NGram: Float] = [:]
        for token in stride(from: 0, to: Int32(config.vocabularySize), by: 2) {
            ratios[NGram([token])] = ratio()
        }
        for index in 0..<20_000 {
            ratios[NGram((0..<1 + index % order).map { _ in token() })] = ratio()
        }
        return SentimentNGrams(order: order, ratios: ratios, intercept: -0.5)
    }
}
