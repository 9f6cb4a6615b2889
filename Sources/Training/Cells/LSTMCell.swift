/// Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000, as torch.nn.LSTM:
///
///     i, f, o = sigmoid(sums + bias);  g = tanh(sums + bias)
///     c = f c₋₁ + i g;  h = o tanh(c)
enum LSTMCell<Scalar: TrainingScalar> {
    static func forward(_ rows: CellRows<Scalar>) {
        let size = rows.hidden.count
        rows.requireCell()
        rows.gates.add(rows.bias)
        Scalar.sigmoid(rows.gates.part(0, 2 * size))
        Scalar.tanh(rows.gates.block(2, of: size))
        Scalar.sigmoid(rows.gates.block(3, of: size))
        let (i, f) = (rows.gates.block(0, of: size), rows.gates.block(1, of: size))
        let (g, o) = (rows.gates.block(2, of: size), rows.gates.block(3, of: size))
        for u in 0..<size {
            rows.cell[u] = f[u] * rows.previousCell[u] + i[u] * g[u]
            rows.tanhCell[u] = rows.cell[u]
        }
        Scalar.tanh(rows.tanhCell)
        for u in 0..<size { rows.hidden[u] = o[u] * rows.tanhCell[u] }
    }

    /// With δ for the gradient of the loss: δo = δh tanh(c) o'; δc += δh o (1 - tanh²(c));
    /// δi = δc g i'; δf = δc c₋₁ f'; δg = δc i g'; δc₋₁ = δc f; σ' = σ (1 - σ), tanh' = 1 - tanh².
    static func backward(_ rows: CellRows<Scalar>, _ gradients: CellGradients<Scalar>) {
        let size = rows.hidden.count
        rows.requireCell()
        rows.hidden.requireWidth(of: gradients.hidden)
        rows.hidden.requireWidth(of: gradients.cell)
        let (i, f) = (rows.gates.block(0, of: size), rows.gates.block(1, of: size))
        let (g, o) = (rows.gates.block(2, of: size), rows.gates.block(3, of: size))
        let (di, df) = (gradients.gates.block(0, of: size), gradients.gates.block(1, of: size))
        let (dg, d_o) = (gradients.gates.block(2, of: size), gradients.gates.block(3, of: size))
        for u in 0..<size {
            let tanhC = rows.tanhCell[u]
            let dh = gradients.hidden[u]
            let dc = gradients.cell[u] + dh * o[u] * (1 - tanhC * tanhC)
            d_o[u] = dh * tanhC * o[u] * (1 - o[u])
            di[u] = dc * g[u] * i[u] * (1 - i[u])
            df[u] = dc * rows.previousCell[u] * f[u] * (1 - f[u])
            dg[u] = dc * i[u] * (1 - g[u] * g[u])
            gradients.cell[u] = dc * f[u]
        }
        gradients.previousHidden.fill(0)
    }
}
