/// Elman 1990, as torch.nn.RNN: h = tanh(sum + bias), or max(0, sum + bias).
enum ElmanCell<Scalar: TrainingScalar> {
    static func forward(_ rows: CellRows<Scalar>, relu: Bool) {
        rows.gates.add(rows.bias)
        if relu {
            for u in 0..<rows.gates.count { rows.gates[u] = max(0, rows.gates[u]) }
        } else {
            Scalar.tanh(rows.gates)
        }
        rows.hidden.copy(rows.gates)
    }

    /// δsum = δh (1 - h²), or δh where h > 0.
    static func backward(_ rows: CellRows<Scalar>, _ gradients: CellGradients<Scalar>, relu: Bool) {
        gradients.require(rows)
        rows.hidden.requireWidth(of: gradients.gates)
        for u in 0..<rows.hidden.count {
            let h = rows.hidden[u]
            let slope: Scalar = relu ? (h > 0 ? 1 : 0) : 1 - h * h
            gradients.gates[u] = gradients.hidden[u] * slope
        }
        gradients.previousHidden.fill(0)
    }
}
