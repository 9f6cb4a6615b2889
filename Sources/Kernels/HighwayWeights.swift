/// The immutable weights of a highway gate, which mixes a layer's h and its input.
package final class HighwayWeights: Sendable {
    let weight: PackedMatrix
    let bias: AlignedBuffer

    /// From row-major `weight [W, W]` and `bias [W]`; W is the width of h, of the layer's input, and
    /// of its output.
    package init(weight: Span<Float>, bias: Span<Float>, width: Int) throws(KernelError) {
        self.weight = try PackedMatrix(rowMajor: weight, rows: width, k: width)
        self.bias = try AlignedBuffer(bias: bias, count: width, paddedCount: self.weight.columns)
    }
}
