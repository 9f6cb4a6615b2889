/// What turns gradients into new parameters.
///
/// Its state is matrices laid out as the parameters, so that a run can be stored and go on exactly.
protocol Optimiser: Sendable {
    /// Changes the parameters by their gradients; `step` counts from 1.
    func update(
        _ parameters: ParameterSet<Float>, learningRate: Float, step: Int, pool: ThreadPool)

    /// Named state: a matrix for each parameter, in their order.
    var state: [(name: String, matrices: [Matrix<Float>])] { get }
}

extension Optimiser {
    /// Runs the body on the rows of each parameter, shared out between threads.
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
