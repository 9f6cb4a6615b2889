internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// The immutable weights of one recurrent layer, packed with its gates interleaved by 16 units.
package final class RecurrentWeights: Sendable {
    package let cell: RecurrentCell
    /// E, or H of the layer below; unpadded.
    package let inputSize: Int
    /// H, unpadded.
    package let hiddenSize: Int
    package var paddedInputSize: Int { Kernels.paddedSize(inputSize) }
    package var paddedHiddenSize: Int { Kernels.paddedSize(hiddenSize) }
    /// Floats of one row of `Kernels.inputProducts`: G * H padded.
    package var productSize: Int { cell.gates * paddedHiddenSize }
    private let packed: PackedLayer

    /// From PyTorch's tensors, row-major, gates one after another: `inputWeight [G*H, E]`,
    /// `hiddenWeight [G*H, H]`, biases `[G*H]`.
    package init(
        cell: RecurrentCell, inputSize: Int, hiddenSize: Int, inputWeight: Span<Float>,
        hiddenWeight: Span<Float>, inputBias: Span<Float>, hiddenBias: Span<Float>
    ) throws(KernelError) {
        let rows = cell.gates * hiddenSize
        try checkCount(inputWeight, rows * inputSize, "weight_ih [\(rows), \(inputSize)]")
        try checkCount(hiddenWeight, rows * hiddenSize, "weight_hh [\(rows), \(hiddenSize)]")
        try checkCount(inputBias, rows, "bias_ih [\(rows)]")
        try checkCount(hiddenBias, rows, "bias_hh [\(rows)]")
        self.cell = cell
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        var packed = PackedLayer(cell: cell, inputSize: inputSize, hiddenSize: hiddenSize)
        packed.writePanels(input: inputWeight, hidden: hiddenWeight)
        packed.writeBias(input: inputBias, hidden: hiddenBias)
        self.packed = packed
    }

    func withCLayer(_ body: (UnsafePointer<sluice_layer>) -> Void) {
        unsafe packed.withCLayer(body)
    }
}
