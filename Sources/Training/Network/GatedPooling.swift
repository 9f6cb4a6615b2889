internal import Glibc
internal import Kernels
internal import Model

/// Gated pooling of the sentiment over a message's tokens (see `SentimentPool`). The sums carry
/// over from earlier mini-batches, but gradients do not flow back to them.
final class GatedPooling<Scalar: TrainingScalar>: Sendable {
    private let weight: Parameter<Scalar>
    private let bias: Parameter<Scalar>
    private let hasStartToken: Bool
    private let lanes: Int
    /// By lane, in the first two columns: Σ g e and Σ g before the mini-batch.
    let initial: Matrix<Scalar>
    /// By row, in the first two columns: e and g of the token, and the sums after it.
    private let tokens: Matrix<Scalar>
    private let sums: Matrix<Scalar>

    init(
        weight: Parameter<Scalar>, bias: Parameter<Scalar>, hasStartToken: Bool, shape: BatchShape
    ) {
        self.weight = weight
        self.bias = bias
        self.hasStartToken = hasStartToken
        lanes = shape.lanes
        initial = Matrix(rows: shape.lanes, columns: Kernels.lanes)
        tokens = Matrix(rows: shape.rows, columns: Kernels.lanes)
        sums = Matrix(rows: shape.rows, columns: Kernels.lanes)
    }

    func clearState() { initial.row(0, count: initial.rows).fill(0) }

    /// Carries the sums over to the next mini-batch.
    func carryState(_ shape: BatchShape) {
        guard shape.steps > 0 else { return }
        for lane in 0..<lanes { initial.row(lane).copy(sums.row(shape.row(shape.steps - 1, lane))) }
    }

    func logits(_ features: Matrix<Scalar>, _ batch: MiniBatch) -> [Scalar] {
        for lane in 0..<lanes { addUp(features, batch, lane) }
        return batch.sentiments.map { target in
            let sum = sums.row(target.row)
            return sum[0] / (1 + sum[1])
        }
    }

    private func addUp(_ features: Matrix<Scalar>, _ batch: MiniBatch, _ lane: Int) {
        var (evidence, gates) = (initial.row(lane)[0], initial.row(lane)[1])
        for step in 0..<batch.shape.steps {
            let row = batch.shape.row(step, lane)
            if begins(row, batch) { (evidence, gates) = (0, 0) }
            if counts(row, batch) {
                let e = product(features.row(row), 0)
                let g = 1 / (1 + Scalar(exp(Double(-product(features.row(row), 1)))))
                tokens.row(row)[0] = e
                tokens.row(row)[1] = g
                evidence += g * e
                gates += g
            }
            sums.row(row)[0] = evidence
            sums.row(row)[1] = gates
        }
    }

    private func begins(_ row: Int, _ batch: MiniBatch) -> Bool {
        batch.starts[row] || batch.separators[row]
    }

    /// The start token and separators do not belong to a message.
    private func counts(_ row: Int, _ batch: MiniBatch) -> Bool {
        !(hasStartToken && batch.starts[row]) && !batch.separators[row]
    }

    private func product(_ x: Row<Scalar>, _ part: Int) -> Scalar {
        let w = weight.value.row(part)
        w.requireWidth(of: x)
        var sum = bias.value.row(0)[part]
        for u in 0..<w.count { sum += x[u] * w[u] }
        return sum
    }

    /// - Parameter slopes: the derivative of the loss with respect to the logit of each target.
    func addGradients(
        _ features: Matrix<Scalar>, _ gradient: Matrix<Scalar>, _ batch: MiniBatch,
        _ slopes: [Scalar]
    ) {
        var slopeOfRow = [Scalar](repeating: 0, count: batch.shape.rows)
        var isLabelled = [Bool](repeating: false, count: lanes)
        for (target, slope) in zip(batch.sentiments, slopes) {
            slopeOfRow[target.row] += slope
            isLabelled[target.row % lanes] = true
        }
        for lane in 0..<lanes where isLabelled[lane] {
            addGradients(features, gradient, batch, slopeOfRow, lane)
        }
    }

    /// With A = Σ g e and G = Σ g, the logit is A / (1 + G). A token's gradient is the sum of the
    /// derivatives with respect to A and G over the targets at and after the token.
    private func addGradients(
        _ features: Matrix<Scalar>, _ gradient: Matrix<Scalar>, _ batch: MiniBatch,
        _ slopes: [Scalar], _ lane: Int
    ) {
        var (byEvidence, byGates): (Scalar, Scalar) = (0, 0)
        for step in (0..<batch.shape.steps).reversed() {
            let row = batch.shape.row(step, lane)
            let part = 1 / (1 + sums.row(row)[1])
            byEvidence += slopes[row] * part
            byGates -= slopes[row] * sums.row(row)[0] * part * part
            if counts(row, batch) {
                let (e, g) = (tokens.row(row)[0], tokens.row(row)[1])
                add(g * byEvidence, 0, features.row(row), gradient.row(row))
                add(
                    g * (1 - g) * (e * byEvidence + byGates), 1, features.row(row),
                    gradient.row(row))
            }
            if begins(row, batch) { (byEvidence, byGates) = (0, 0) }
        }
    }

    private func add(_ slope: Scalar, _ part: Int, _ x: Row<Scalar>, _ dx: Row<Scalar>) {
        guard slope != 0 else { return }
        let (w, dw) = (weight.value.row(part), weight.gradient.row(part))
        w.requireWidth(of: x)
        w.requireWidth(of: dx)
        bias.gradient.row(0)[part] += slope
        for u in 0..<w.count {
            dx[u] += slope * w[u]
            dw[u] += slope * x[u]
        }
    }
}
