/// The values of one step of one lane, as the cells read and write them: blocks of H, padded.
struct CellRows<Scalar: TrainingScalar> {
    /// W_i x + W_h h before the forward step, the gates after it. LSTM: i, f, g, o; GRU: r, z, n.
    let gates: Row<Scalar>
    /// Biases by gate, `b_ih + b_hh`. GRU, reset after: separate blocks for n_x and n_h.
    let bias: Row<Scalar>
    let previousHidden: Row<Scalar>
    let hidden: Row<Scalar>
    /// LSTM: previous c, c, and tanh(c).
    let previousCell: Row<Scalar>
    let cell: Row<Scalar>
    let tanhCell: Row<Scalar>
    /// GRU, reset after: W_hn h + b_hn. GRU, reset before: r * h.
    let candidate: Row<Scalar>

    /// Traps unless there are cell states as wide as the hidden state.
    @inline(__always)
    func requireCell() {
        hidden.requireWidth(of: previousCell)
        hidden.requireWidth(of: cell)
        hidden.requireWidth(of: tanhCell)
    }

    /// Traps unless there is a candidate as wide as the hidden state.
    @inline(__always)
    func requireCandidate() { hidden.requireWidth(of: candidate) }
}
