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
            workers.pool.forEach(rows) { output.row($0).add(input.row($0)) }
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
            workers.pool.forEach(rows) { inputGradient.row($0).add(gradient.row($0)) }
        }
        highway?.backward(input, inputGradient, gradient, rows, workers)
    }
}
