/// Updates parameters by their gradients.
///
/// Its state consists of matrices with the parameters' layout, so that a checkpoint can restore it
/// exactly.
protocol Optimiser: Sendable {
    /// The factor on the learning rate of the sentiment head (discriminative fine-tuning, Howard
    /// and Ruder 2018, section 3.2).
    var sentimentRate: Float { get }

    /// Updates the parameters. `step` counts from 1.
    func update(_ parameters: ParameterSet<Float>, learningRate: Float, step: Int, pool: ThreadPool)

    /// The named state: a matrix for each parameter, in order.
    var state: [(name: String, matrices: [Matrix<Float>])] { get }
}

extension Optimiser {
    /// Runs the body on the rows of each parameter, with its learning rate, on all threads.
    func forEachRow(
        of parameters: ParameterSet<Float>, learningRate: Float, _ pool: ThreadPool,
        _ body: @Sendable (Parameter<Float>, _ index: Int, _ row: Int, _ rate: Float) -> Void
    ) {
        for (index, parameter) in parameters.all.enumerated() {
            let isSentiment = parameter.name.hasPrefix("sentiment.")
            let rate = isSentiment ? learningRate * sentimentRate : learningRate
            pool.forEach(parameter.value.rows) { body(parameter, index, $0, rate) }
        }
    }
}
