/// One row's step of a recurrent cell, as the cells read and write it. All hold blocks of H, padded.
struct CellRows<Scalar: TrainingScalar> {
    /// Sums of the input's and the hidden state's products; after the forward step the gates
    /// themselves. LSTM i, f, g, o; GRU r, z, n.
    let gates: Row<Scalar>
    /// Biases by gate, `b_ih + b_hh`; a GRU that resets after the product has n_x and n_h apart.
    let bias: Row<Scalar>
    let previousHidden: Row<Scalar>
    let hidden: Row<Scalar>
    /// LSTM: c before, c, and tanh(c).
    let previousCell: Row<Scalar>
    let cell: Row<Scalar>
    let tanhCell: Row<Scalar>
    /// GRU: reset after, W_hn h + b_hn; reset before, r * h.
    let candidate: Row<Scalar>
}

/// The gradients of one row's step.
struct CellGradients<Scalar: TrainingScalar> {
    /// With respect to h of this step, from above and from the step after.
    let hidden: Row<Scalar>
    /// LSTM: with respect to c of this step; becomes that of the step before.
    let cell: Row<Scalar>
    /// With respect to the sums, as far as the input's products go.
    let gates: Row<Scalar>
    /// The same for the hidden state's products, where they differ.
    let hiddenGates: Row<Scalar>
    /// With respect to h of the step before, without what goes through the products.
    let previousHidden: Row<Scalar>
    /// GRU, reset before: with respect to r * h.
    let candidate: Row<Scalar>
}
