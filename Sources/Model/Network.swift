package import Kernels

/// The packed weights of a whole network, immutable and shared by all threads:
/// embedding, layers, heads.
package final class Network: Sendable {
    package let config: ModelConfig
    package let stateLayout: StateLayout
    let embedding: Embedding
    let layers: [RecurrentLayer]
    let skips: SkipConnections
    let head: VocabularyHead?
    let sentiment: SentimentHead?
    /// `[V, G*H]`: layer 0's input weights times every row of the embedding, looked up in place of
    /// multiplying. The bits are the same.
    let inputTable: RowMatrix?

    /// Reads each tensor of the configuration once. `inputTable` trades memory,
    /// `inputTableBytes(of:)`, for the speed of layer 0.
    package init(
        config: ModelConfig, source: some WeightSource, inputTable: Kernels? = nil
    ) throws(ModelError) {
        self.config = config
        stateLayout = StateLayout(
            layers: config.layers, hiddenSize: config.hiddenSize, hasCell: config.cell == .lstm)
        (embedding, head) = try Self.vocabulary(config, source)
        var layers: [RecurrentLayer] = []
        for index in 0..<config.layers {
            layers.append(try RecurrentLayer(index: index, config: config, source: source))
        }
        self.layers = layers
        skips = try SkipConnections(config: config, source: source)
        sentiment = config.heads.sentiment ? try SentimentHead(config: config, source: source) : nil
        self.inputTable = inputTable?.inputProducts(layers[0].weights, of: embedding.weight)
    }

    private static func vocabulary(
        _ config: ModelConfig, _ source: some WeightSource
    ) throws(ModelError) -> (Embedding, VocabularyHead?) {
        let words = config.vocabularySize
        let weight = try source.values(
            of: TensorSpec("embedding.weight", [words, config.embeddingSize]))
        guard config.heads.next else {
            return (try Embedding(weight: weight, bias: nil, config: config), nil)
        }
        let bias = try source.values(of: TensorSpec("decoder.bias", [words]))
        if config.tieWeights {
            let embedding = try Embedding(weight: weight, bias: bias, config: config)
            return (
                embedding,
                try VocabularyHead(weight: weight, bias: bias, tied: embedding, config: config)
            )
        }
        let embedding = try Embedding(weight: weight, bias: nil, config: config)
        let decoder = try source.values(
            of: TensorSpec("decoder.weight", [words, config.hiddenSize]))
        return (embedding, try VocabularyHead(weight: decoder, bias: bias, config: config))
    }

    /// Lends what layer 0 reads, row t being token t.
    func withTokenRows(_ body: (LayerInput) -> Void) {
        if let inputTable {
            unsafe inputTable.withRows { unsafe body(.products($0)) }
        } else {
            unsafe embedding.weight.withRows { unsafe body(.values($0)) }
        }
    }

    /// Bytes that a table of layer 0's input products takes.
    package static func inputTableBytes(of config: ModelConfig) -> Int {
        let columns = config.cell.gates * paddedSize(config.hiddenSize)
        return config.vocabularySize * columns * MemoryLayout<Float>.stride
    }
}

/// The sizes that kernels refuse here are those of a `WeightSource` that broke its promise.
func packing<Result>(
    _ body: () throws(KernelError) -> Result
) throws(ModelError) -> Result {
    do {
        return try body()
    } catch {
        throw ModelError(
            .wrongShape, file: "weights", found: error.description,
            expected: "tensors of the shapes of the configuration")
    }
}
