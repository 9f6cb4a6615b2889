internal import CKernels

/// Scratch memory of one thread for batches of up to `maxBatch` rows.
package struct Workspace: ~Copyable {
    package let maxBatch: Int
    /// The maximum padded input or hidden size.
    package let maxWidth: Int
    var packedInput: AlignedBuffer
    var packedHidden: AlignedBuffer
    var gates: AlignedBuffer
    var newHidden: AlignedBuffer
    var scratch: AlignedBuffer
    var logits: AlignedBuffer
    var headRows: [sluice_head_row]

    /// - Parameter widths: every input, embedding and hidden size of the network.
    package init(maxBatch: Int, widths: [Int]) {
        self.maxBatch = maxBatch
        maxWidth = Kernels.paddedSize(widths.max() ?? 1)
        packedInput = AlignedBuffer(count: maxBatch * maxWidth)
        packedHidden = AlignedBuffer(count: maxBatch * maxWidth)
        gates = AlignedBuffer(count: maxBatch * Int(SLUICE_MAX_GATE_COLUMNS))
        newHidden = AlignedBuffer(count: maxBatch * maxWidth)
        scratch = AlignedBuffer(count: 2 * maxBatch * maxWidth)
        headRows = Array(repeating: sluice_head_row(), count: maxBatch)
        logits = AlignedBuffer(count: maxBatch * Int(SLUICE_LOGITS_STRIDE))
    }
}
