import Kernels

/// One layer of the network in one direction: a step of its cell for every row of a batch. The
/// cell's equations stand beside the kernels that compute them.
package struct RecurrentLayer: Sendable {
    let index: Int
    let weights: RecurrentWeights

    /// Reads `rnn.weight_ih_l{n} [G*H, input]`, `rnn.weight_hh_l{n} [G*H, H]` and their biases
    /// `[G*H]`, gates in PyTorch's order; with the suffix `_reverse` those of the reverse direction.
    init(
        index: Int, suffix: String = "", config: ModelConfig, source: some WeightSource
    ) throws(ModelError) {
        let (rows, hiddenSize) = (config.cell.gates * config.hiddenSize, config.hiddenSize)
        let inputSize = config.inputSize(ofLayer: index)
        func values(_ name: String, _ shape: [Int]) throws(ModelError) -> [Float] {
            try source.values(of: TensorSpec("rnn.\(name)_l\(index)\(suffix)", shape))
        }
        let inputWeight = try values("weight_ih", [rows, inputSize])
        let hiddenWeight = try values("weight_hh", [rows, hiddenSize])
        let inputBias = try values("bias_ih", [rows])
        let hiddenBias = try values("bias_hh", [rows])
        self.index = index
        weights = try packing { () throws(KernelError) in
            try RecurrentWeights(
                cell: config.recurrentCell, inputSize: inputSize, hiddenSize: hiddenSize,
                inputWeight: inputWeight.span, hiddenWeight: hiddenWeight.span,
                inputBias: inputBias.span, hiddenBias: hiddenBias.span)
        }
    }

    /// h, c = cell(x, h, c) for each slot; x is row `indices[b]` of `input`. The new h also goes to
    /// row b of `output`, which `input` may be.
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

extension ModelConfig {
    /// The cell as the kernels name it.
    var recurrentCell: RecurrentCell {
        switch (cell, resetGate, activation) {
        case (.lstm, _, _): .lstm
        case (.gru, .after, _): .gruResetAfter
        case (.gru, .before, _): .gruResetBefore
        case (.rnn, _, .tanh): .rnnTanh
        case (.rnn, _, .relu): .rnnReLU
        }
    }
}
