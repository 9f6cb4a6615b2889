internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// The input of a recurrent layer.
@unsafe package enum LayerInput {
    /// Rows of x, `[E padded]` each.
    case values(RowView)
    /// Rows of `inputProducts`, which replace the multiplication.
    case products(RowView)
}

extension Kernels {
    /// Advances one layer by one step: row b reads row `inputIndices[b]` of the input and updates h
    /// and c of `slots[b]` in place. Slots must be distinct. Only an LSTM needs `cellState`. If
    /// `output` is given, the new h is also written to its rows 0, 1, …, `[H padded]` each.
    @unsafe package func advance(
        _ weights: RecurrentWeights, input: LayerInput, inputIndices: Span<Int32>,
        hidden: RowView, cellState: RowView?, slots: Span<Int32>, output: RowView? = nil,
        workspace: inout Workspace
    ) {
        unsafe check(weights, input, inputIndices, hidden, cellState, slots, workspace)
        if let output = unsafe output {
            unsafe precondition(
                output.stride == weights.paddedHiddenSize && slots.count <= output.rowCount)
        }
        unsafe inputIndices.withUnsafeBufferPointer { inputIndices in
            unsafe slots.withUnsafeBufferPointer { slots in
                var step = unsafe sluice_layer_step()
                unsafe step.batch = slots.count
                switch unsafe input {
                case .values(let rows): unsafe step.x = rows.cRows(inputIndices)
                case .products(let rows): unsafe step.products = rows.cRows(inputIndices)
                }
                unsafe step.h = hidden.cRows(slots)
                if let cellState = unsafe cellState { unsafe step.c = cellState.cRows(slots) }
                unsafe workspace.lend(to: &step) { step in
                    if let output = unsafe output { unsafe step.new_h = output.base }
                    unsafe weights.withCLayer { unsafe table.pointee.layer_step($0, &step) }
                }
            }
        }
    }

    private func check(
        _ weights: RecurrentWeights, _ input: LayerInput, _ inputIndices: Span<Int32>,
        _ hidden: RowView, _ cellState: RowView?, _ slots: Span<Int32>,
        _ workspace: borrowing Workspace
    ) {
        precondition(slots.count == inputIndices.count && slots.count <= workspace.maxBatch)
        precondition(
            max(weights.paddedInputSize, weights.paddedHiddenSize) <= workspace.maxWidth)
        precondition(unsafe !weights.cell.hasCellState || cellState != nil)
        switch unsafe input {
        case .values(let rows): unsafe rows.check(inputIndices, width: weights.paddedInputSize)
        case .products(let rows): unsafe rows.check(inputIndices, width: weights.productSize)
        }
        unsafe hidden.check(slots, width: weights.paddedHiddenSize)
        if let cellState = unsafe cellState {
            unsafe cellState.check(slots, width: weights.paddedHiddenSize)
        }
    }
}

extension Workspace {
    /// Runs `body` with the step's buffers, which live as long as this workspace.
    fileprivate mutating func lend(
        to step: inout sluice_layer_step, _ body: (inout sluice_layer_step) -> Void
    ) {
        unsafe step.packed_x = packedInput.pointer
        unsafe step.packed_h = packedHidden.pointer
        unsafe step.gates = gates.pointer
        unsafe step.new_h = newHidden.pointer
        unsafe step.scratch = scratch.pointer
        unsafe body(&step)
    }
}
