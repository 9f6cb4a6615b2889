import Kernels

/// One layer of the network in one direction. The equations of the cells are beside the kernels
/// that compute them.
package struct RecurrentLayer: Sendable {
    let index: Int
    let weights: RecurrentWeights

    /// Reads `rnn.weight_ih_l{n} [G*H, input]`, `rnn.weight_hh_l{n} [G*H, H]` and their biases
    /// `[G*H]`, with gates in PyTorch's order. The suffix `_reverse` selects the reverse direction.
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
}
