import Kernels

/// What becomes of a layer's h: the layer's output y, and what the layer above reads.
struct SkipConnections: Sendable {
    let kind: ModelConfig.Skip
    /// Width of each layer's output, unpadded.
    private let width: Int
    private let embeddingSize: Int
    private let layers: Int
    /// Of layer n at n - 1; only where `kind` is highway.
    private let gates: [HighwayWeights]

    /// Reads `highway.weight_l{n} [W, W]` and `highway.bias_l{n} [W]` where there are gates.
    init(config: ModelConfig, source: some WeightSource) throws(ModelError) {
        kind = config.skip
        width = config.layerWidth
        embeddingSize = config.embeddingSize
        layers = config.layers
        var gates: [HighwayWeights] = []
        for layer in 1..<max(config.layers, 1) where config.skip == .highway {
            gates.append(try Self.gate(ofLayer: layer, width: config.layerWidth, source))
        }
        self.gates = gates
    }

    private static func gate(
        ofLayer layer: Int, width: Int, _ source: some WeightSource
    ) throws(ModelError) -> HighwayWeights {
        let weight = try source.values(
            of: TensorSpec("highway.weight_l\(layer)", [width, width]))
        let bias = try source.values(of: TensorSpec("highway.bias_l\(layer)", [width]))
        return try packing { () throws(KernelError) in
            try HighwayWeights(weight: weight.span, bias: bias.span, width: width)
        }
    }

    /// Turns what a layer read into its y, in rows 0, 1, … of `outputs`: h + x, or
    /// t * h + (1 - t) * x with t = sigmoid(W x + b). h is row `slots[b]` of `hidden`. Does nothing
    /// where y is h.
    func mix(
        layer: Int, hidden: RowView, slots: [Int32], into outputs: RowView, kernels: Kernels,
        workspace: inout Workspace
    ) {
        switch kind {
        case _ where layer == 0: break
        case .none, .dense: break
        case .residual:
            unsafe kernels.residual(
                hidden: hidden, slots: slots.span, width: Kernels.paddedSize(width), into: outputs)
        case .highway:
            unsafe kernels.highway(
                gates[layer - 1], hidden: hidden, slots: slots.span, into: outputs,
                workspace: &workspace)
        }
    }

    /// Puts a layer's y, row `indices[b]` of `outputs`, beside what the layers above read already.
    /// Does nothing but for dense connections.
    func append(
        layer: Int, outputs: RowView, indices: [Int32], to inputs: RowView
    ) {
        guard kind == .dense, layer + 1 < layers else { return }
        unsafe inputs.write(
            outputs, indices: indices.span, count: width, at: embeddingSize + layer * width)
    }

    /// Begins what the layers above the first read with their tokens' embeddings, if they do.
    func begin(_ embedding: Embedding, tokens: [Int32], into inputs: RowView) {
        guard kind == .dense, layers > 1 else { return }
        unsafe embedding.weight.withRows { rows in
            unsafe inputs.write(rows, indices: tokens.span, count: embeddingSize)
        }
    }
}

extension ModelConfig.Skip {
    /// Whether y is made of h and of what the layer reads, from the second layer on.
    var mixesOutputs: Bool { self == .residual || self == .highway }
}
