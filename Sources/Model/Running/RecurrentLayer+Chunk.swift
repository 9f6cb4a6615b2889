import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// A layer for several tokens of each stream. The input products of all tokens are one matrix
/// product; only the recurrence is computed token by token. The bits are the same.
extension RecurrentLayer {
    /// h, c = cell(x, h, c) for the tokens of a chunk, in order. x is row `indices[r]` of `input`.
    /// h after each token is written to its row of `output`, which may be `input`. Clears
    /// `isFinite` of rows after which h or c is not finite.
    func advance(
        _ input: LayerInput, indices: [Int32], chunk: TokenChunk, states: inout StateSlab,
        output: RowView, products: RowView, kernels: Kernels, workspace: inout Workspace,
        isFinite: inout [Bool]
    ) {
        switch unsafe input {
        case .products:
            unsafe recur(
                input, indices: indices, chunk: chunk, states: &states, output: output,
                kernels: kernels, workspace: &workspace, isFinite: &isFinite)
        case .values(let rows):
            unsafe kernels.inputProducts(
                weights, of: rows, indices: indices.span, into: products,
                workspace: &workspace)
            unsafe recur(
                .products(products), indices: (0..<Int32(chunk.count)).map { $0 },
                chunk: chunk, states: &states, output: output, kernels: kernels,
                workspace: &workspace, isFinite: &isFinite)
        }
    }

    private func recur(
        _ input: LayerInput, indices: [Int32], chunk: TokenChunk, states: inout StateSlab,
        output: RowView, kernels: Kernels, workspace: inout Workspace, isFinite: inout [Bool]
    ) {
        var stepIsFinite = [Bool](repeating: false, count: chunk.starts[1])
        let width = (weights.cell.hasCellState ? 2 : 1) * weights.paddedHiddenSize
        for position in 0..<chunk.positions {
            let rows = chunk.starts[position]..<chunk.starts[position + 1]
            unsafe states.withMutableRows(layer: index) { state in
                let slots = chunk.slots.span.extracting(rows)
                unsafe kernels.advance(
                    weights, input: input, inputIndices: indices.span.extracting(rows),
                    hidden: state.h, cellState: state.c, slots: slots,
                    output: output.dropping(first: rows.lowerBound), workspace: &workspace)
                unsafe kernels.areFinite(state.h, slots: slots, width: width, into: &stepIsFinite)
            }
            for (row, rowIsFinite) in zip(rows, stepIsFinite) where !rowIsFinite {
                isFinite[row] = false
            }
        }
    }
}
