internal import Kernels
internal import Model

/// The weights of one direction of one recurrent layer: PyTorch's four tensors, and their packed
/// layouts.
final class DirectionWeights<Scalar: TrainingScalar>: Sendable {
    /// `[G*H, K]`
    let input: Parameter<Scalar>
    /// `[G*H, H]`
    let hidden: Parameter<Scalar>
    /// `[G*H]` each
    let inputBias: Parameter<Scalar>
    let hiddenBias: Parameter<Scalar>
    let packedInput: Scalar.Weights
    /// All gates. GRU, reset before: r and z.
    let packedHidden: Scalar.Weights
    /// GRU, reset before: n.
    let packedCandidate: Scalar.Weights?
    /// The recurrent weights of the forward pass: `hidden`, after weight dropout.
    let usedHidden: Matrix<Scalar>
    /// The sums of both biases by gate. GRU, reset after: separate blocks for n_x and n_h.
    let bias: Matrix<Scalar>
    let cell: RecurrentCell
    /// H padded
    let size: Int

    init(parameters: ParameterSet<Scalar>, cell: RecurrentCell, suffix: String) {
        input = parameters["rnn.weight_ih_\(suffix)"]
        hidden = parameters["rnn.weight_hh_\(suffix)"]
        inputBias = parameters["rnn.bias_ih_\(suffix)"]
        hiddenBias = parameters["rnn.bias_hh_\(suffix)"]
        self.cell = cell
        size = hidden.value.columns
        packedInput = Scalar.Weights(rows: input.value.rows, columns: input.value.columns)
        let apart = cell == .gruResetBefore
        packedHidden = Scalar.Weights(rows: apart ? 2 * size : hidden.value.rows, columns: size)
        packedCandidate = apart ? Scalar.Weights(rows: size, columns: size) : nil
        usedHidden = hidden.zeros()
        bias = Matrix(rows: 1, columns: size * (cell == .gruResetAfter ? 4 : cell.gates))
    }

    /// Packs the current values. `dropout` is applied to `weight_hh`.
    func pack(_ pool: ThreadPool, dropout: WeightDropout?) {
        pool.forEach(hidden.value.rows, grain: 16) { row in
            usedHidden.row(row).copy(hidden.value.row(row))
            dropout?.apply(row, to: usedHidden.row(row))
        }
        packedInput.pack(input.value, rows: input.value.rows, pool)
        packedHidden.pack(
            usedHidden, rows: packedCandidate == nil ? usedHidden.rows : 2 * size, pool)
        packedCandidate?.pack(usedHidden, from: 2 * size, rows: size, pool)
        sumBiases()
    }

    private func sumBiases() {
        let (sums, x, h) = (bias.row(0), inputBias.value.row(0), hiddenBias.value.row(0))
        let summed = cell == .gruResetAfter ? 2 * size : sums.count
        for i in 0..<summed { sums[i] = x[i] + h[i] }
        guard cell == .gruResetAfter else { return }
        sums.block(2, of: size).copy(x.block(2, of: size))
        sums.block(3, of: size).copy(h.block(2, of: size))
    }
}
