import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

extension RecurrentLayer {
    /// h, c = cell(x, h, c) for each slot; x is row `indices[b]` of `input`. The new h is also
    /// written to row b of `output`, which may be `input`.
    func advance(
        _ input: LayerInput, indices: [Int32], slots: [Int32], states: inout StateSlab,
        output: RowView, kernels: Kernels, workspace: inout Workspace
    ) {
        unsafe states.withMutableRows(layer: index) { rows in
            unsafe kernels.advance(
                weights, input: input, inputIndices: indices.span, hidden: rows.h,
                cellState: rows.c, slots: slots.span, output: output, workspace: &workspace)
        }
    }
}
