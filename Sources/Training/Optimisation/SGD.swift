/// Stochastic gradient descent with momentum and weight decay of matrices, as torch.optim.SGD:
/// v = μ v + g + λ w; w -= η v.
final class SGD: Optimiser {
    private let momentum: Float
    private let weightDecay: Float
    let sentimentRate: Float
    private let velocities: [Matrix<Float>]

    init(
        _ parameters: ParameterSet<Float>, momentum: Double, weightDecay: Double,
        sentimentRate: Double = 1
    ) {
        self.sentimentRate = Float(sentimentRate)
        self.momentum = Float(momentum)
        self.weightDecay = Float(weightDecay)
        velocities = momentum > 0 ? parameters.all.map { $0.zeros() } : []
    }

    var state: [(name: String, matrices: [Matrix<Float>])] {
        velocities.isEmpty ? [] : [("momentum_buffer", velocities)]
    }

    func update(
        _ parameters: ParameterSet<Float>, learningRate: Float, step: Int, pool: ThreadPool
    ) {
        forEachRow(of: parameters, learningRate: learningRate, pool) {
            parameter, index, row, rate in
            let (value, gradient) = (parameter.value.row(row), parameter.gradient.row(row))
            let decay = parameter.isMatrix ? self.weightDecay : 0
            guard !self.velocities.isEmpty else {
                for i in 0..<value.count {
                    value[i] -= rate * (gradient[i] + decay * value[i])
                }
                return
            }
            let velocity = self.velocities[index].row(row)
            value.requireWidth(of: velocity)
            for i in 0..<value.count {
                velocity[i] = self.momentum * velocity[i] + gradient[i] + decay * value[i]
                value[i] -= rate * velocity[i]
            }
        }
    }
}
