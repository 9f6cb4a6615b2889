import DefaultModel
import Kernels
package import Model

/// Small byte models with random weights.
package enum TestModel {
    package static func config(
        _ cell: ModelConfig.Cell = .lstm, layers: Int = 2, hidden: Int = 20,
        skip: ModelConfig.Skip = .none
    ) -> ModelConfig {
        var config = ModelConfig(
            cell: cell, layers: layers, embeddingSize: 12, hiddenSize: hidden, vocabularySize: 256)
        config.skip = skip
        config.heads = .init(next: true, sentiment: true)
        config.startToken = 0
        config.separator = "\n"
        return config
    }

    package static func make(
        _ config: ModelConfig = config(), seed: UInt64 = 1, inputTable: Bool = false
    ) throws -> Model {
        try Model.random(
            config: config, seed: seed, inputTable: inputTable ? try Kernels(tier: .best) : nil)
    }

    /// The shipped model.
    package static func shipped() throws -> Model { try Model.load(from: DefaultModel.folder) }

    /// A ReLU network of one layer whose state stays zero until this token has come, and then
    /// grows fourfold with every token.
    package static func exploding(_ config: ModelConfig, token: UInt8) throws -> Model {
        try Model.synthetic(
            config: config, weights: ExplodingWeights(config: config, token: Int(token)),
            name: "exploding")
    }

    /// What `exploding(_:token:)` can be made of.
    package static let exploding: ModelConfig = {
        var exploding = config(.rnn, layers: 1, hidden: 16)
        exploding.activation = .relu
        exploding.startToken = nil
        return exploding
    }()

    /// One of each kind of cell.
    package static let everyCell: [ModelConfig] = {
        var before = config(.gru, layers: 1)
        before.resetGate = .before
        var relu = config(.rnn)
        relu.activation = .relu
        var pooled = config(.lstm, layers: 1)
        pooled.heads.sentimentPooling = .gated
        var counted = config(.gru, layers: 1)
        counted.heads.sentimentNGrams = 2
        pooled.heads.sentimentNGrams = 3
        return [
            config(.lstm), config(.lstm, layers: 3, hidden: 33), config(.gru), before, config(.rnn),
            relu, config(.lstm, skip: .residual), config(.gru, layers: 3, skip: .highway),
            config(.lstm, layers: 3, skip: .dense), pooled, counted,
        ]
    }()

    /// What reads whole messages, forward and back.
    package static func bidirectional(
        _ cell: ModelConfig.Cell = .lstm, layers: Int = 2, hidden: Int = 20,
        skip: ModelConfig.Skip = .none
    ) -> ModelConfig {
        var config = config(cell, layers: layers, hidden: hidden, skip: skip)
        config.bidirectional = true
        config.heads.next = false
        return config
    }

    /// One of each kind of cell, and what reads whole messages.
    package static let everyNetwork =
        everyCell + [bidirectional(), bidirectional(.gru, layers: 3, skip: .residual)]
}

private struct ExplodingWeights: WeightSource {
    let config: ModelConfig
    let token: Int

    func values(of spec: TensorSpec) -> [Float] {
        let columns = spec.shape.last ?? 1
        return (0..<spec.count).map { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: columns)
            return switch spec.name {
            case "embedding.weight": row == token ? 1 : 0
            case "rnn.weight_ih_l0", "rnn.weight_ih_l0_reverse": 1
            case "rnn.weight_hh_l0", "rnn.weight_hh_l0_reverse": row == column ? 4 : 0
            case "decoder.weight", "sentiment.weight": 1e-30
            default: 0
            }
        }
    }
}
