import Kernels

/// One vector for every word of the vocabulary: `weight [V, E]`.
package struct Embedding: Sendable {
    let weight: RowMatrix

    /// `bias [V]` is that of a vocabulary head which shares the weight.
    init(weight: [Float], bias: [Float]?, config: ModelConfig) throws(ModelError) {
        let (rows, columns) = (config.vocabularySize, config.embeddingSize)
        self.weight = try packing { () throws(KernelError) in
            try RowMatrix(rowMajor: weight.span, bias: bias?.span, rows: rows, columns: columns)
        }
    }
}
