internal import Kernels
internal import Model

/// The vocabulary head and its loss: cross-entropy of the next token, with label smoothing (Szegedy
/// et al. 2016).
final class VocabularyLoss<Scalar: TrainingScalar>: Sendable {
    /// `[V, W]`: with tied weights, the embedding.
    private let weight: Parameter<Scalar>
    private let bias: Parameter<Scalar>
    private let packed: Scalar.Weights
    private let vocabulary: Int
    private let smoothing: Double
    /// `[some rows, V]`: logits, then their gradient. It holds few rows, so that it stays in the
    /// cache.
    private let logits: Matrix<Scalar>
    /// `[rows, 1]`: the loss of each row, in nats.
    private let losses: Matrix<Double>

    private static var rowsAtOnce: Int { 384 }

    init(
        config: ModelConfig, parameters: ParameterSet<Scalar>, smoothing: Double, shape: BatchShape
    ) {
        weight = parameters[config.tieWeights ? "embedding.weight" : "decoder.weight"]
        bias = parameters["decoder.bias"]
        vocabulary = config.vocabularySize
        self.smoothing = smoothing
        packed = Scalar.Weights(rows: weight.value.rows, columns: weight.value.columns)
        logits = Matrix(rows: min(Self.rowsAtOnce, shape.rows), columns: weight.value.rows)
        losses = Matrix(rows: 1, columns: Kernels.paddedSize(shape.rows))
    }

    func pack(_ pool: ThreadPool) { packed.pack(weight.value, rows: weight.value.rows, pool) }

    /// The sum of the losses of all rows that have a target, in nats. With a `scale`, adds the
    /// scaled gradient to `gradient [rows, W]` and to the parameters.
    func run(
        _ features: Matrix<Scalar>, gradient: Matrix<Scalar>, scale: Double?, _ batch: MiniBatch,
        _ workers: Workers<Scalar>
    ) -> Double {
        let all = batch.shape.rows
        for first in stride(from: 0, to: all, by: logits.rows) {
            let rows = first..<min(first + logits.rows, all)
            workers.pool.parallelFor(rows.count, grain: 6) { part, worker in
                let some = part.lowerBound + first..<part.upperBound + first
                computeLosses(features, some, first, scale, batch, workers.scratch[worker])
                guard scale != nil else { return }
                packed.multiply(
                    logits, rows: part, column: 0, continuing: true,
                    into: RowBlock(gradient, first: some.lowerBound),
                    scratch: workers.scratch[worker])
            }
            if scale != nil { addWeightGradients(features, rows, workers) }
        }
        return (0..<all).reduce(0) { $0 + losses.row(0)[$1] }
    }

    /// The logits of some rows, their losses, and in place of the logits their gradient.
    private func computeLosses(
        _ features: Matrix<Scalar>, _ rows: Range<Int>, _ first: Int, _ scale: Double?,
        _ batch: MiniBatch, _ scratch: ScratchBuffers<Scalar>
    ) {
        packed.multiplyTransposed(
            features, rows: rows, outputs: 0..<logits.columns, continuing: false,
            into: RowBlock(logits, first: rows.lowerBound - first), scratch: scratch)
        for row in rows {
            let target = Int(batch.targets[row])
            losses.row(0)[row] = loss(logits.row(row - first), target: target, scale: scale ?? 0)
        }
    }

    /// The loss of one row. Replaces the logits by their gradient: scale (softmax - target).
    private func loss(_ padded: Row<Scalar>, target: Int, scale: Double) -> Double {
        guard target >= 0 else {
            padded.fill(0)
            return 0
        }
        let row = padded.part(0, vocabulary)
        row.add(bias.value.row(0).part(0, vocabulary))
        let (logSumExp, meanLogit, targetLogit) = softmax(row, target: target)
        let even = smoothing / Double(vocabulary)
        let factor = Scalar(scale)
        let shift = Scalar(even)
        for i in 0..<vocabulary { row[i] = factor * (row[i] - shift) }
        row[target] -= factor * Scalar(1 - smoothing)
        padded.part(vocabulary, padded.count - vocabulary).fill(0)
        let expected = (1 - smoothing) * targetLogit + smoothing * meanLogit
        return logSumExp - expected
    }

    /// Replaces logits by probabilities. Returns log-sum-exp, the mean logit and the target's
    /// logit.
    private func softmax(_ row: Row<Scalar>, target: Int) -> (Double, Double, Double) {
        var largest = row[0]
        for i in 1..<row.count where row[i] > largest { largest = row[i] }
        let targetLogit = Double(row[target])
        var total: Scalar = 0
        if smoothing > 0 { for i in 0..<row.count { total += row[i] } }
        for i in 0..<row.count { row[i] -= largest }
        Scalar.exp(row)
        let sum = row.sum()
        let factor = 1 / sum
        for i in 0..<row.count { row[i] *= factor }
        let logSumExp = Double(largest) + Double(Scalar.log(sum))
        return (logSumExp, Double(total) / Double(vocabulary), targetLogit)
    }

    private func addWeightGradients(
        _ features: Matrix<Scalar>, _ rows: Range<Int>, _ workers: Workers<Scalar>
    ) {
        workers.pool.parallelFor(logits.columns, grain: 16) { columns, worker in
            Scalar.addOuterProducts(
                of: logits, features, rows: rows, columns: columns, first: rows.lowerBound,
                to: weight.gradient, scratch: workers.scratch[worker])
            logits.addRows(0..<rows.count, columns, to: bias.gradient.row(0))
        }
    }

    /// The most probable token of each row that has a target.
    func best(
        _ features: Matrix<Scalar>, _ batch: MiniBatch, _ workers: Workers<Scalar>
    ) -> [(row: Int, token: Int32)] {
        let rows = (0..<batch.shape.rows).filter { batch.targets[$0] >= 0 }
        return rows.map { row in
            packed.multiplyTransposed(
                features, rows: row..<row + 1, outputs: 0..<logits.columns, continuing: false,
                into: RowBlock(logits, first: 0), scratch: workers.scratch[0])
            let values = logits.row(0).part(0, vocabulary)
            values.add(bias.value.row(0).part(0, vocabulary))
            let best = (0..<vocabulary).max { values[$0] < values[$1] } ?? 0
            return (row, Int32(best))
        }
    }
}
