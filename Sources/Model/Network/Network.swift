package import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// The packed weights of a whole network, immutable and shared by all threads:
/// embedding, layers, heads.
package final class Network: Sendable {
    package let config: ModelConfig
    package let stateLayout: StateLayout
    let embedding: Embedding
    let layers: [RecurrentLayer]
    /// The reverse layers of a bidirectional network, which read from the last token to the first.
    let reverseLayers: [RecurrentLayer]
    let skips: SkipConnections
    let head: VocabularyHead?
    let sentiment: SentimentHead?
    /// `[V, G*H]`: layer 0's input weights times every row of the embedding. Lookups replace the
    /// multiplication and give the same bits.
    let inputTable: RowMatrix?
    let reverseInputTable: RowMatrix?

    /// Nil if the configuration has no n-grams.
    package let ngrams: SentimentNGrams?

    /// The default limit of a table of input products, in bytes. A table may be many times larger
    /// than its weights.
    package static let usualInputTableLimit = 256 << 20

    /// Reads each tensor of the configuration once. With `inputTable`, a table of
    /// `inputTableBytes(of:)` bytes makes layer 0 faster; it is omitted if it exceeds
    /// `inputTableLimit` bytes.
    package init(
        config: ModelConfig, source: some WeightSource, ngrams: SentimentNGrams? = nil,
        inputTable: Kernels? = nil, inputTableLimit: Int = usualInputTableLimit
    ) throws(ModelError) {
        precondition((ngrams?.order ?? 0) == config.heads.sentimentNGrams)
        self.config = config
        self.ngrams = ngrams
        // A bidirectional network carries no state from message to message.
        stateLayout = StateLayout(
            layers: config.bidirectional ? 0 : config.layers, hiddenSize: config.hiddenSize,
            hasCell: config.cell == .lstm)
        (embedding, head) = try Self.vocabulary(config, source)
        layers = try Self.layers(config, source)
        reverseLayers = config.bidirectional ? try Self.layers(config, source, "_reverse") : []
        skips = try SkipConnections(config: config, source: source)
        sentiment = config.heads.sentiment ? try SentimentHead(config: config, source: source) : nil
        let tableKernels = Self.inputTableBytes(of: config) <= inputTableLimit ? inputTable : nil
        func table(of layer: RecurrentLayer?, _ embedding: Embedding) -> RowMatrix? {
            guard let layer else { return nil }
            return tableKernels?.inputProducts(layer.weights, of: embedding.weight)
        }
        self.inputTable = table(of: layers.first, embedding)
        reverseInputTable = table(of: reverseLayers.first, embedding)
    }

    private static func layers(
        _ config: ModelConfig, _ source: some WeightSource, _ suffix: String = ""
    ) throws(ModelError) -> [RecurrentLayer] {
        var layers: [RecurrentLayer] = []
        for index in 0..<config.layers {
            layers.append(
                try RecurrentLayer(index: index, suffix: suffix, config: config, source: source))
        }
        return layers
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

    /// Lends the input of layer 0; row t is token t.
    func withTokenRows(isReverse: Bool = false, _ body: (LayerInput) -> Void) {
        if let inputTable = isReverse ? reverseInputTable : inputTable {
            unsafe inputTable.withRows { unsafe body(.products($0)) }
        } else {
            unsafe embedding.weight.withRows { unsafe body(.values($0)) }
        }
    }

    /// Whether layer 0 uses a table of input products.
    package var hasInputTable: Bool { inputTable != nil }

    /// The size of a table of layer 0's input products, in bytes.
    package static func inputTableBytes(of config: ModelConfig) -> Int {
        let columns = config.cell.gates * Kernels.paddedSize(config.hiddenSize)
        return config.vocabularySize * config.directions * columns * MemoryLayout<Float>.stride
    }
}

/// Converts kernel errors. They occur only if a `WeightSource` returns the wrong number of values.
func packing<Result>(_ body: () throws(KernelError) -> Result) throws(ModelError) -> Result {
    do {
        return try body()
    } catch {
        throw ModelError(
            .wrongShape, file: "weights", found: error.description,
            expected: "tensors of the shapes of the configuration")
    }
}
