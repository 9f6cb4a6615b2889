/// The gradients of one step of one lane.
struct CellGradients<Scalar: TrainingScalar> {
    /// With respect to h of this step, from the layer above and from the next step.
    let hidden: Row<Scalar>
    /// LSTM: with respect to c of this step; after the backward step, of the previous step.
    let cell: Row<Scalar>
    /// With respect to W_i x + b.
    let gates: Row<Scalar>
    /// With respect to W_h h + b, where that differs.
    let hiddenGates: Row<Scalar>
    /// With respect to h of the previous step, without the part that passes through W_h.
    let previousHidden: Row<Scalar>
    /// GRU, reset before: with respect to r * h.
    let candidate: Row<Scalar>

    /// Traps unless the gradients of the hidden states are as wide as the states.
    @inline(__always)
    func require(_ rows: CellRows<Scalar>) {
        rows.hidden.requireWidth(of: hidden)
        rows.hidden.requireWidth(of: previousHidden)
        rows.hidden.requireWidth(of: rows.previousHidden)
    }
}
