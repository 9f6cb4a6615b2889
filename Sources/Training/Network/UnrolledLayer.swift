internal import Kernels
internal import Model

/// A layer unrolled over a mini-batch: one or two directions and a skip connection.
final class UnrolledLayer<Scalar: TrainingScalar>: Sendable {
    let index: Int
    let directions: [RecurrentDirection<Scalar>]
    /// `[rows, K]`: the input of the cells, after dropout.
    let input: Matrix<Scalar>
    let inputGradient: Matrix<Scalar>
    /// `[rows, W]`: the output y: h of all directions, concatenated, after the skip connection.
    let output: Matrix<Scalar>
    let outputGradient: Matrix<Scalar>
    let skip: SkipConnection<Scalar>
    /// `[lanes, K]`
    let mask: Matrix<Scalar>

    init(index: Int, config: ModelConfig, parameters: ParameterSet<Scalar>, shape: BatchShape) {
        self.index = index
        let cell = config.recurrentCell
        directions = ["", "_reverse"].prefix(config.directions).map { suffix in
            let weights = DirectionWeights(
                parameters: parameters, cell: cell, suffix: "l\(index)\(suffix)")
            return RecurrentDirection(weights: weights, isReverse: suffix != "", shape: shape)
        }
        let width = config.directions * Kernels.paddedSize(config.hiddenSize)
        let columns = directions[0].weights.input.value.columns
        input = Matrix(rows: shape.rows, columns: columns)
        inputGradient = Matrix(rows: shape.rows, columns: columns)
        output = Matrix(rows: shape.rows, columns: width)
        outputGradient = Matrix(rows: shape.rows, columns: width)
        mask = Matrix(rows: shape.lanes, columns: columns)
        skip = SkipConnection(
            index == 0 ? .none : config.skip, layer: index, parameters: parameters,
            rows: shape.rows)
    }

    func forward(_ batch: MiniBatch, _ workers: Workers<Scalar>) {
        for direction in directions { direction.forward(input, batch, workers) }
        workers.pool.forEach(batch.shape.rows) { gatherHidden($0) }
        skip.forward(input, output, batch.shape.rows, workers)
    }

    private func gatherHidden(_ row: Int) {
        for (number, direction) in directions.enumerated() {
            output.row(row).block(number, of: direction.size).copy(direction.hidden.row(row))
        }
    }

    /// Computes `inputGradient` and the gradients of the weights from `outputGradient`.
    func backward(_ batch: MiniBatch, _ workers: Workers<Scalar>) {
        let rows = batch.shape.rows
        inputGradient.row(0, count: rows).fill(0)
        skip.backward(input, inputGradient, outputGradient, rows, workers)
        workers.pool.forEach(rows) { scatterGradient($0) }
        for direction in directions {
            direction.backward(input, inputGradient: inputGradient, batch, workers)
        }
    }

    private func scatterGradient(_ row: Int) {
        for (number, direction) in directions.enumerated() {
            direction.hiddenGradient.row(row).copy(
                outputGradient.row(row).block(number, of: direction.size))
        }
    }
}
