import Kernels

/// `weight [R, W]` y + `bias [R]`, where y is the last layer's output: the log-odds that the text
/// so far is positive (R = 1); with gated pooling, the evidence of the latest token and the logit
/// of its gate (R = 2).
package struct SentimentHead: Sendable {
    let weight: RowMatrix
    let pooling: ModelConfig.SentimentPooling

    init(config: ModelConfig, source: some WeightSource) throws(ModelError) {
        let (size, rows) = (config.layerWidth, config.heads.sentimentRows)
        let weight = try source.values(of: TensorSpec("sentiment.weight", [rows, size]))
        let bias = try source.values(of: TensorSpec("sentiment.bias", [rows]))
        pooling = config.heads.sentimentPooling
        self.weight = try packing { () throws(KernelError) in
            try RowMatrix(rowMajor: weight.span, bias: bias.span, rows: rows, columns: size)
        }
    }
}
