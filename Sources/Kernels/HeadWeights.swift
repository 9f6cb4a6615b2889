/// The immutable weights of the head over the vocabulary.
package final class HeadWeights: Sendable {
    /// V, unpadded.
    package let vocabularySize: Int
    let weight: PackedMatrix
    let bias: AlignedBuffer

    /// From PyTorch's `weight [V, H]` and `bias [V]`. Without a bias, zeros are used.
    package init(
        weight: Span<Float>, bias: Span<Float>?, vocabularySize: Int, hiddenSize: Int
    ) throws(KernelError) {
        self.vocabularySize = vocabularySize
        self.weight = try PackedMatrix(rowMajor: weight, rows: vocabularySize, k: hiddenSize)
        self.bias = try AlignedBuffer(
            bias: bias, count: vocabularySize, paddedCount: self.weight.columns)
    }
}
