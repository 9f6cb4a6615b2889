package import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// Runs a network on batches of streams. Each thread has its own runner, with the workspace of its
/// steps.
///
/// The result for a stream depends only on its state and tokens: not on the batch, its order, or
/// the kernels' tier. Row b of a batch is the stream in slot `slots[b]`. The slots of a batch are
/// distinct, and a batch has at most `maxBatch` rows.
///
/// A step reads one token of each stream, or a chunk of several. `predict` and the other heads then
/// read states, or the rows of the latest step.
package final class NetworkRunner {
    package let network: Network
    package let kernels: Kernels
    package let maxBatch: Int
    /// The results of the latest `predict`.
    package internal(set) var predictions = Predictions()
    /// Whether each row of the latest chunk is finite; see `advance(_:states:)`.
    package internal(set) var isFinite: [Bool] = []
    var workspace: Workspace
    /// The last layer's y after each token of the latest step.
    var memory: ChunkMemory

    package init(network: Network, kernels: Kernels, maxBatch: Int) {
        self.network = network
        self.kernels = kernels
        self.maxBatch = maxBatch
        let config = network.config
        workspace = Workspace(
            maxBatch: maxBatch,
            widths: [config.hiddenSize] + (0..<config.layers).map(config.inputSize(ofLayer:)))
        memory = ChunkMemory(rows: maxBatch, config: config)
    }

    /// Reads one token of each stream: embedding, then layer by layer. h and c are updated in
    /// place. The rows for the heads begin at `firstRow`.
    package func advance(
        tokens: [Int32], slots: [Int32], states: inout StateSlab, firstRow: Int = 0
    ) {
        precondition(states.layout == network.stateLayout, "states of another network")
        unsafe memory.withRows { rows in
            unsafe passThrough(tokens, rows.dropping(first: firstRow)) {
                layer, input, indices, output in
                unsafe layer.advance(
                    input, indices: indices, slots: slots, states: &states, output: output,
                    kernels: kernels, workspace: &workspace)
            }
        }
    }

    /// Passes a step's rows from layer to layer.
    ///
    /// - Parameter advance: runs one layer's cell on every row: x of row b is row `indices[b]` of
    ///   the input, and h is written to row b of the output.
    func passThrough(
        _ tokens: [Int32], _ rows: StepRows,
        _ advance: (
            _ layer: RecurrentLayer, _ input: LayerInput, _ indices: [Int32], _ output: RowView
        ) -> Void
    ) {
        let (skips, indices) = (network.skips, tokens.indices.map { Int32($0) })
        unsafe skips.begin(network.embedding, tokens: tokens, into: rows.inputs)
        for layer in network.layers {
            if layer.index == 0 {
                unsafe network.withTokenRows { unsafe advance(layer, $0, tokens, rows.outputs) }
            } else {
                unsafe advance(layer, .values(rows.inputs), indices, rows.hidden)
            }
            unsafe skips.mix(
                layer: layer.index, hidden: rows.hidden, slots: indices, into: rows.outputs,
                kernels: kernels, workspace: &workspace)
            unsafe skips.append(
                layer: layer.index, outputs: rows.outputs, indices: indices, to: rows.inputs)
        }
    }

    /// Whether each stream's whole state is finite.
    package func areFinite(
        slots: [Int32], states: borrowing StateSlab, into results: inout [Bool]
    ) {
        results.resize(to: slots.count, with: false)
        unsafe states.withRows(layer: 0, kind: .h) { rows in
            unsafe kernels.areFinite(
                rows, slots: slots.span, width: states.layout.floatsPerStream, into: &results)
        }
    }
}
