import Model
import Randomness

@testable import Training

/// Small networks of every kind, and random parameters and mini-batches for them.
enum SmallNetworks {
    /// A configuration of few units, of sizes that are not multiples of 16.
    static func smallConfig(
        _ cell: ModelConfig.Cell = .lstm, layers: Int = 1, skip: ModelConfig.Skip = .none,
        bidirectional: Bool = false, tied: Bool = false
    ) -> ModelConfig {
        var config = ModelConfig(
            cell: cell, layers: layers, embeddingSize: tied ? 5 : 4, hiddenSize: 5,
            vocabularySize: 19)
        config.skip = skip
        config.bidirectional = bidirectional
        config.tieWeights = tied
        config.heads = ModelConfig.Heads(next: !bidirectional, sentiment: true)
        return config
    }

    /// Every kind of network that is trained, by name.
    static let everyConfig: [(name: String, config: ModelConfig)] = {
        var configs: [(String, ModelConfig)] = []
        for cell in ModelConfig.Cell.allCases {
            configs.append(("\(cell)", smallConfig(cell)))
            for skip in ModelConfig.Skip.allCases {
                configs.append(
                    ("\(cell), 3 layers, skip \(skip)", smallConfig(cell, layers: 3, skip: skip)))
            }
            configs.append(
                ("\(cell), bidirectional", smallConfig(cell, layers: 2, bidirectional: true)))
        }
        var before = smallConfig(.gru, layers: 2)
        before.resetGate = .before
        configs.append(("gru, reset before", before))
        var relu = smallConfig(.rnn, layers: 2)
        relu.activation = .relu
        configs.append(("rnn, relu", relu))
        for skip in [ModelConfig.Skip.residual, .highway, .dense] {
            configs.append(
                ("bidirectional, \(skip)", smallConfig(layers: 2, skip: skip, bidirectional: true)))
        }
        configs.append(("tied", smallConfig(tied: true)))
        var pooled = smallConfig(layers: 2)
        pooled.heads.sentimentPooling = .gated
        configs.append(("pooled", pooled))
        pooled.startToken = 3
        configs.append(("pooled, start token", pooled))
        return configs
    }()

    /// Fills all parameters with uniform numbers in ±`bound`.
    static func randomise<Scalar>(
        _ parameters: ParameterSet<Scalar>, seed: UInt64 = 1, bound: Double = 0.6
    ) {
        for parameter in parameters.all {
            var random = SeededRandom(seed: seed, purpose: parameter.name)
            parameter.values = (0..<parameter.spec.count).map { _ in
                Scalar((2 * random.uniform() - 1) * bound)
            }
        }
    }

    /// A mini-batch of random tokens in which texts begin and end, some tokens have no target and
    /// some a sentiment.
    static func randomBatch(_ config: ModelConfig, steps: Int, lanes: Int, seed: UInt64 = 1)
        -> MiniBatch
    {
        var random = SeededRandom(seed: seed, purpose: "window")
        var batch = MiniBatch(shape: BatchShape(steps: steps, lanes: lanes))
        for lane in 0..<lanes {
            var first = lane
            for step in 0..<steps {
                let row = step * lanes + lane
                batch.tokens[row] = Int32.random(
                    in: 0..<Int32(config.vocabularySize), using: &random)
                if config.heads.next && Int.random(in: 0..<5, using: &random) > 0 {
                    batch.targets[row] = Int32.random(
                        in: 0..<Int32(config.vocabularySize), using: &random)
                }
                let isLast = step == steps - 1
                if !isLast && Int.random(in: 0..<4, using: &random) > 0 { continue }
                batch.ends[row] = true
                let isJoined = config.heads.sentimentPooling == .gated && random.uniform() < 0.5
                if !isLast && isJoined { batch.separators[row + lanes] = true }
                if !isLast && !isJoined { batch.starts[row + lanes] = true }
                batch.sentiments.append(
                    SentimentTarget(
                        row: row, firstRow: first, positive: random.uniform(),
                        weight: 0.5 + random.uniform()))
                first = row + lanes
            }
        }
        return batch
    }
}
