import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// The outputs and inputs of layers at the latest token of a stream, recomputed from its state.
extension NetworkRunner {
    /// Lends y of the last layer. The stream of `slots[b]` has row `rows[b]`.
    func withOutputs<Result>(
        _ slots: [Int32], _ states: borrowing StateSlab,
        _ body: (_ outputs: RowView, _ rows: [Int32]) -> Result
    ) -> Result {
        precondition(states.layout == network.stateLayout, "states of another network")
        return unsafe withOutputs(ofLayer: network.layers.count - 1, slots, states, body)
    }

    /// Lends the input of a layer above the first, after `token` has been read.
    func withInput<Result>(
        ofLayer layer: Int, token: Int32, slot: Int32, _ states: borrowing StateSlab,
        _ body: (_ input: RowView, _ row: Int32) -> Result
    ) -> Result {
        guard network.config.skip == .dense else {
            return unsafe withOutputs(ofLayer: layer - 1, [slot], states) {
                unsafe body($0, $1[0])
            }
        }
        return unsafe memory.withRows { rows in
            unsafe network.skips.begin(network.embedding, tokens: [token], into: rows.inputs)
            for below in 0..<layer {
                unsafe states.withRows(layer: below, kind: .h) { hidden in
                    unsafe network.skips.append(
                        layer: below, outputs: hidden, indices: [slot], to: rows.inputs)
                }
            }
            return unsafe body(rows.inputs, 0)
        }
    }

    private func withOutputs<Result>(
        ofLayer layer: Int, _ slots: [Int32], _ states: borrowing StateSlab,
        _ body: (_ outputs: RowView, _ rows: [Int32]) -> Result
    ) -> Result {
        guard network.config.skip.mixesOutputs else {
            return unsafe states.withRows(layer: layer, kind: .h) { unsafe body($0, slots) }
        }
        return unsafe memory.withRecalledRows { outputs in
            unsafe recall(layer, slots, states, into: outputs)
            return unsafe body(outputs, slots.indices.map { Int32($0) })
        }
    }

    /// Recomputes y up to a layer: y of the first layer is h, and the rest is as in a step.
    private func recall(
        _ last: Int, _ slots: [Int32], _ states: borrowing StateSlab, into outputs: RowView
    ) {
        for layer in 0...last {
            unsafe states.withRows(layer: layer, kind: .h) { hidden in
                if layer == 0 {
                    unsafe outputs.write(
                        hidden, indices: slots.span, count: states.layout.hiddenSize)
                }
                unsafe network.skips.mix(
                    layer: layer, hidden: hidden, slots: slots, into: outputs, kernels: kernels,
                    workspace: &workspace)
            }
        }
    }
}
