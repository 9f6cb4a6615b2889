import Kernels

/// The log-odds that the text so far is positive: `weight [1, W]` y + `bias [1]`, y being that of
/// the last layer.
package struct SentimentHead: Sendable {
    let weight: RowMatrix

    init(config: ModelConfig, source: some WeightSource) throws(ModelError) {
        let size = config.layerWidth
        let weight = try source.values(of: TensorSpec("sentiment.weight", [1, size]))
        let bias = try source.values(of: TensorSpec("sentiment.bias", [1]))
        self.weight = try packing { () throws(KernelError) in
            try RowMatrix(rowMajor: weight.span, bias: bias.span, rows: 1, columns: size)
        }
    }
}
