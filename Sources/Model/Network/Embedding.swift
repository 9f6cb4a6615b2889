import Kernels

/// One vector for every token of the vocabulary: `weight [V, E]`.
package struct Embedding: Sendable {
    let weight: RowMatrix

    /// - Parameter bias: `[V]`, the bias of a vocabulary head with tied weights.
    init(weight: [Float], bias: [Float]?, config: ModelConfig) throws(ModelError) {
        let (rows, columns) = (config.vocabularySize, config.embeddingSize)
        self.weight = try packing { () throws(KernelError) in
            try RowMatrix(rowMajor: weight.span, bias: bias?.span, rows: rows, columns: columns)
        }
    }
}
