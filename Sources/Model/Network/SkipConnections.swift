import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// The skip connections: the output y of each layer, and the input of the layers above.
struct SkipConnections: Sendable {
    let kind: ModelConfig.Skip
    /// The width of each layer's output, unpadded.
    private let width: Int
    private let embeddingSize: Int
    private let layers: Int
    /// The gate of layer n is at n - 1; only for highway connections.
    private let gates: [HighwayWeights]

    /// Reads `highway.weight_l{n} [W, W]` and `highway.bias_l{n} [W]` for highway connections.
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
        let weight = try source.values(of: TensorSpec("highway.weight_l\(layer)", [width, width]))
        let bias = try source.values(of: TensorSpec("highway.bias_l\(layer)", [width]))
        return try packing { () throws(KernelError) in
            try HighwayWeights(weight: weight.span, bias: bias.span, width: width)
        }
    }

    /// Replaces a layer's input by its output y, in rows 0, 1, … of `outputs`: h + x, or t * h + (1
    /// - t) * x with t = sigmoid(W x + b). h is row `slots[b]` of `hidden`. Does nothing if y = h.
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

    /// For dense connections, appends a layer's y, row `indices[b]` of `outputs`, to the input of
    /// the layers above.
    func append(layer: Int, outputs: RowView, indices: [Int32], to inputs: RowView) {
        guard kind == .dense, layer + 1 < layers else { return }
        unsafe inputs.write(
            outputs, indices: indices.span, count: width, at: embeddingSize + layer * width)
    }

    /// For dense connections, begins the input of the layers above the first with the embeddings of
    /// the tokens.
    func begin(_ embedding: Embedding, tokens: [Int32], into inputs: RowView) {
        guard kind == .dense, layers > 1 else { return }
        unsafe embedding.weight.withRows { rows in
            unsafe inputs.write(rows, indices: tokens.span, count: embeddingSize)
        }
    }
}

extension ModelConfig.Skip {
    /// Whether y is a mixture of h and the layer's input, above the first layer.
    var mixesOutputs: Bool { self == .residual || self == .highway }
}
