internal import CKernels

/// What enters a recurrent layer.
@unsafe package enum LayerInput {
    /// Rows of x, `[E padded]` each.
    case values(RowView)
    /// Rows of `inputProducts`, looked up in place of multiplying.
    case products(RowView)
}

extension Kernels {
    /// Advances one layer by one step: row b takes `inputIndices[b]` of the input and updates h (and
    /// c) of `slots[b]` in place. No slot may come twice. `cellState` is needed for an LSTM only.
    /// The new h is also left in rows 0, 1, … of `output`, `[H padded]` each, if it is given.
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
                unsafe workspace.lend(to: &step)
                if let output = unsafe output { unsafe step.new_h = output.base }
                unsafe weights.withCLayer { unsafe table.pointee.layer_step($0, &step) }
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
    fileprivate mutating func lend(to step: inout sluice_layer_step) {
        unsafe packedInput.withUnsafeMutablePointer { unsafe step.packed_x = $0 }
        unsafe packedHidden.withUnsafeMutablePointer { unsafe step.packed_h = $0 }
        unsafe gates.withUnsafeMutablePointer { unsafe step.gates = $0 }
        unsafe newHidden.withUnsafeMutablePointer { unsafe step.new_h = $0 }
        unsafe scratch.withUnsafeMutablePointer { unsafe step.scratch = $0 }
    }
}
