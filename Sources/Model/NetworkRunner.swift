package import Kernels

/// Runs a network for batches of streams: one for each thread, with the workspace of its steps.
///
/// What it computes for a stream depends on that stream's state and tokens only: not on the batch,
/// its order, or the kernels' tier. Row b of a batch is the stream in slot `slots[b]`; no slot comes
/// twice in one batch, and a batch has at most `maxBatch` rows.
///
/// A step reads one token in each stream, or a chunk of several; `predict` and the other heads then
/// read states, or the rows of the step read last.
package final class NetworkRunner {
    package let network: Network
    package let kernels: Kernels
    package let maxBatch: Int
    /// What the latest `predict` found.
    package internal(set) var predictions = Predictions()
    /// Of each row of the latest chunk; see `advance(_:states:)`.
    package internal(set) var isFinite: [Bool] = []
    var workspace: Workspace
    /// The last layer's h after each token of the latest step.
    var memory: ChunkMemory
    /// Row 0 for every stream: the sentiment head has one.
    let onlyRow: [Int32]

    package init(network: Network, kernels: Kernels, maxBatch: Int) {
        self.network = network
        self.kernels = kernels
        self.maxBatch = maxBatch
        onlyRow = Array(repeating: 0, count: maxBatch)
        let config = network.config
        workspace = Workspace(
            maxBatch: maxBatch, widths: [config.embeddingSize, config.hiddenSize])
        memory = ChunkMemory(rows: maxBatch, config: config)
    }

    /// Reads one token in each stream: embedding, then layer after layer; h and c change in place.
    /// With `keepsRows` the rows of the step before stay readable.
    package func advance(
        tokens: [Int32], slots: [Int32], states: inout StateSlab, keepsRows: Bool = false
    ) {
        precondition(states.layout == network.stateLayout, "states of another network")
        unsafe memory.withRows { hidden, _ in
            for layer in network.layers {
                let isKept = layer.index + 1 == network.layers.count && !keepsRows
                let output = unsafe isKept ? hidden : nil
                unsafe layer.index == 0
                    ? network.withTokenRows { embedding in
                        unsafe layer.advance(
                            embedding, tokens: tokens, slots: slots, states: &states,
                            output: output, kernels: kernels, workspace: &workspace)
                    }
                    : layer.advance(
                        slots: slots, states: &states, output: output, kernels: kernels,
                        workspace: &workspace)
            }
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
