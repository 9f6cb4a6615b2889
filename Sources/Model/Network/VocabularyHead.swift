import Kernels

/// The logits of the next token: `weight [V, H]` y + `bias [V]`. With tied weights, the weight is
/// the embedding's.
package struct VocabularyHead: Sendable {
    let weights: HeadWeights
    /// The same weights and bias by rows, for single logits.
    let rows: RowMatrix

    init(
        weight: [Float], bias: [Float], tied embedding: Embedding? = nil, config: ModelConfig
    ) throws(ModelError) {
        let (words, size) = (config.vocabularySize, config.hiddenSize)
        (weights, rows) = try packing { () throws(KernelError) in
            let weights = try HeadWeights(
                weight: weight.span, bias: bias.span, vocabularySize: words, hiddenSize: size)
            if let embedding { return (weights, embedding.weight) }
            let rows = try RowMatrix(
                rowMajor: weight.span, bias: bias.span, rows: words, columns: size)
            return (weights, rows)
        }
    }
}
