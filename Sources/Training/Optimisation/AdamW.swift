internal import Glibc

/// Adam with decoupled weight decay: Loshchilov and Hutter 2019, algorithm 2, as torch.optim.AdamW.
/// Weight decay applies to matrices only.
final class AdamW: Optimiser {
    private let beta1: Float
    private let beta2: Float
    private let epsilon: Float
    private let weightDecay: Float
    let sentimentRate: Float
    private let moments: [Matrix<Float>]
    private let squares: [Matrix<Float>]

    init(
        _ parameters: ParameterSet<Float>, beta1: Double, beta2: Double, epsilon: Double,
        weightDecay: Double, sentimentRate: Double = 1
    ) {
        self.beta1 = Float(beta1)
        self.beta2 = Float(beta2)
        self.epsilon = Float(epsilon)
        self.weightDecay = Float(weightDecay)
        self.sentimentRate = Float(sentimentRate)
        moments = parameters.all.map { $0.zeros() }
        squares = parameters.all.map { $0.zeros() }
    }

    var state: [(name: String, matrices: [Matrix<Float>])] {
        [("exp_avg", moments), ("exp_avg_sq", squares)]
    }

    func update(
        _ parameters: ParameterSet<Float>, learningRate: Float, step: Int, pool: ThreadPool
    ) {
        let correction1 = 1 - power(beta1, step)
        let correction2 = (1 - power(beta2, step)).squareRoot()
        forEachRow(of: parameters, learningRate: learningRate, pool) {
            parameter, index, row, rate in
            let (value, gradient) = (parameter.value.row(row), parameter.gradient.row(row))
            let (moment, square) = (self.moments[index].row(row), self.squares[index].row(row))
            value.requireWidth(of: moment)
            value.requireWidth(of: square)
            let size = rate / correction1
            let kept = parameter.isMatrix ? 1 - rate * self.weightDecay : 1
            for i in 0..<value.count {
                let g = gradient[i]
                let m = moment[i] + (1 - self.beta1) * (g - moment[i])
                let v = self.beta2 * square[i] + (1 - self.beta2) * g * g
                moment[i] = m
                square[i] = v
                value[i] =
                    kept * value[i] - size * m / (v.squareRoot() / correction2 + self.epsilon)
            }
        }
    }

    private func power(_ base: Float, _ exponent: Int) -> Float {
        Float(exp(Double(exponent) * log(Double(base))))
    }
}
