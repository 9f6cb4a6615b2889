/// Updates parameters by their gradients.
///
/// Its state consists of matrices with the parameters' layout, so that a checkpoint can restore it
/// exactly.
protocol Optimiser: Sendable {
    /// Updates the parameters. `step` counts from 1.
    func update(
        _ parameters: ParameterSet<Float>, learningRate: Float, step: Int, pool: ThreadPool)

    /// The named state: a matrix for each parameter, in order.
    var state: [(name: String, matrices: [Matrix<Float>])] { get }
}

extension Optimiser {
    /// Runs the body on the rows of each parameter, on all threads.
    func forEachRow(
        of parameters: ParameterSet<Float>, _ pool: ThreadPool,
        _ body: @Sendable (Parameter<Float>, _ index: Int, _ row: Int) -> Void
    ) {
        for (index, parameter) in parameters.all.enumerated() {
            pool.parallelFor(parameter.value.rows) { rows, _ in
                for row in rows { body(parameter, index, row) }
            }
        }
    }
}
