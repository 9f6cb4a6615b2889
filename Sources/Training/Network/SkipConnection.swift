internal import Model

/// The skip connection of a layer above the first: none, residual or highway. `gatherInput` makes
/// dense connections.
final class SkipConnection<Scalar: TrainingScalar>: Sendable {
    private let kind: ModelConfig.Skip
    private let highway: Highway<Scalar>?

    init(_ kind: ModelConfig.Skip, layer: Int, parameters: ParameterSet<Scalar>, rows: Int) {
        self.kind = kind
        highway = kind == .highway ? Highway(layer: layer, parameters: parameters, rows: rows) : nil
    }

    func pack(_ pool: ThreadPool) { highway?.pack(pool) }

    /// Replaces h in `output [rows, W]` by y.
    func forward(
        _ input: Matrix<Scalar>, _ output: Matrix<Scalar>, _ rows: Int, _ workers: Workers<Scalar>
    ) {
        if kind == .residual {
            workers.pool.parallelFor(rows) { rows, _ in
                for row in rows { output.row(row).add(input.row(row)) }
            }
        }
        highway?.forward(input, output, rows, workers)
    }

    /// Replaces the gradient with respect to y by that with respect to h, and adds the direct
    /// gradient of the input.
    func backward(
        _ input: Matrix<Scalar>, _ inputGradient: Matrix<Scalar>, _ gradient: Matrix<Scalar>,
        _ rows: Int, _ workers: Workers<Scalar>
    ) {
        if kind == .residual {
            workers.pool.parallelFor(rows) { rows, _ in
                for row in rows { inputGradient.row(row).add(gradient.row(row)) }
            }
        }
        highway?.backward(input, inputGradient, gradient, rows, workers)
    }
}
