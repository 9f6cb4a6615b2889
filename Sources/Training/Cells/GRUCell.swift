/// Cho et al. 2014. Both forms end in h = (1 - z) n + z h₋₁.
enum GRUCell<Scalar: TrainingScalar> {
    /// As torch.nn.GRU: r, z = sigmoid(sums + bias); n = tanh(sum_x + b_in + r (W_hn h₋₁ + b_hn)).
    static func forwardResetAfter(_ rows: CellRows<Scalar>) {
        let size = rows.hidden.count
        rows.requireCandidate()
        let (r, n) = (rows.gates.block(0, of: size), rows.gates.block(2, of: size))
        rows.gates.add(rows.bias.part(0, 3 * size))
        rows.candidate.add(rows.bias.block(3, of: size))
        Scalar.sigmoid(rows.gates.part(0, 2 * size))
        for u in 0..<size { n[u] += r[u] * rows.candidate[u] }
        output(rows)
    }

    /// As in the paper, first half: r, z = sigmoid(sums + bias) and r h₋₁.
    static func forwardResetBefore(_ rows: CellRows<Scalar>) {
        let size = rows.hidden.count
        rows.requireCandidate()
        rows.hidden.requireWidth(of: rows.previousHidden)
        let gates = rows.gates.part(0, 2 * size)
        gates.add(rows.bias.part(0, 2 * size))
        Scalar.sigmoid(gates)
        for u in 0..<size { rows.candidate[u] = gates[u] * rows.previousHidden[u] }
    }

    /// Second half: n = tanh(sum_x + b_in + W_hn (r h₋₁) + b_hn). The sum is in block 2 of the
    /// gates.
    static func finishResetBefore(_ rows: CellRows<Scalar>) {
        let size = rows.hidden.count
        rows.gates.block(2, of: size).add(rows.bias.block(2, of: size))
        output(rows)
    }

    private static func output(_ rows: CellRows<Scalar>) {
        let size = rows.hidden.count
        rows.hidden.requireWidth(of: rows.previousHidden)
        let (z, n) = (rows.gates.block(1, of: size), rows.gates.block(2, of: size))
        Scalar.tanh(n)
        for u in 0..<size {
            rows.hidden[u] = n[u] + z[u] * (rows.previousHidden[u] - n[u])
        }
    }

    /// δn' = δh (1 - z) (1 - n²); δz' = δh (h₋₁ - n) z (1 - z); δh₋₁ = δh z;
    /// δr' = δn' (W_hn h₋₁ + b_hn) r (1 - r). The gradient of W_hn h₋₁ + b_hn is δn' r.
    static func backwardResetAfter(_ rows: CellRows<Scalar>, _ gradients: CellGradients<Scalar>) {
        let size = rows.hidden.count
        backwardOutput(rows, gradients)
        rows.requireCandidate()
        let r = rows.gates.block(0, of: size)
        let (dr, dn) = (gradients.gates.block(0, of: size), gradients.gates.block(2, of: size))
        let hiddenCandidate = gradients.hiddenGates.block(2, of: size)
        for u in 0..<size {
            dr[u] = dn[u] * rows.candidate[u] * r[u] * (1 - r[u])
            hiddenCandidate[u] = dn[u] * r[u]
        }
        gradients.hiddenGates.part(0, 2 * size).copy(gradients.gates)
    }

    /// Reset before, first half: δn', δz' and δh₋₁ as above.
    static func backwardOutput(_ rows: CellRows<Scalar>, _ gradients: CellGradients<Scalar>) {
        let size = rows.hidden.count
        gradients.require(rows)
        let (z, n) = (rows.gates.block(1, of: size), rows.gates.block(2, of: size))
        let (dz, dn) = (gradients.gates.block(1, of: size), gradients.gates.block(2, of: size))
        for u in 0..<size {
            let dh = gradients.hidden[u]
            dn[u] = dh * (1 - z[u]) * (1 - n[u] * n[u])
            dz[u] = dh * (rows.previousHidden[u] - n[u]) * z[u] * (1 - z[u])
            gradients.previousHidden[u] = dh * z[u]
        }
    }

    /// Reset before, second half, given δ(r h₋₁): δr' = δ(r h₋₁) h₋₁ r (1 - r); δh₋₁ += δ(r h₋₁) r.
    static func backwardReset(_ rows: CellRows<Scalar>, _ gradients: CellGradients<Scalar>) {
        let size = rows.hidden.count
        gradients.require(rows)
        rows.hidden.requireWidth(of: gradients.candidate)
        let (r, dr) = (rows.gates.block(0, of: size), gradients.gates.block(0, of: size))
        for u in 0..<size {
            dr[u] = gradients.candidate[u] * rows.previousHidden[u] * r[u] * (1 - r[u])
            gradients.previousHidden[u] += gradients.candidate[u] * r[u]
        }
    }
}
