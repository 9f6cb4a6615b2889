internal import Glibc
internal import Model

/// The sentiment head and its loss: binary cross-entropy of one logit after labelled tokens.
final class SentimentLoss<Scalar: TrainingScalar>: Sendable {
    /// `[R, W]` and `[R]`
    private let weight: Parameter<Scalar>
    private let bias: Parameter<Scalar>
    /// H padded. A bidirectional network has a second block for the reverse direction in each row.
    private let size: Int
    private let isBidirectional: Bool
    /// Nil without gated pooling.
    let pooling: GatedPooling<Scalar>?

    init(config: ModelConfig, parameters: ParameterSet<Scalar>, shape: BatchShape) {
        weight = parameters["sentiment.weight"]
        bias = parameters["sentiment.bias"]
        isBidirectional = config.bidirectional
        size = weight.value.columns / config.directions
        pooling =
            config.heads.sentimentPooling == .gated
            ? GatedPooling(
                weight: weight, bias: bias, hasStartToken: config.startToken != nil, shape: shape)
            : nil
    }

    /// The logit of each target, in order.
    func logits(_ features: Matrix<Scalar>, _ batch: MiniBatch) -> [Double] {
        let own = pooling?.logits(features, batch) ?? batch.sentiments.map { logit(features, $0) }
        return zip(own, batch.sentiments).map { Double($0) + $1.known }
    }

    /// The weighted sum of the losses, in nats. With a `scale`, adds the scaled gradient to
    /// `gradient [rows, W]` and to the parameters.
    func run(
        _ features: Matrix<Scalar>, gradient: Matrix<Scalar>, scale: Double?, _ batch: MiniBatch
    ) -> Double {
        var sum = 0.0
        var slopes: [Scalar] = []
        for (target, logit) in zip(batch.sentiments, logits(features, batch)) {
            sum += target.weight * crossEntropy(logit: logit, positive: target.positive)
            guard let scale else { continue }
            let probability = 1 / (1 + exp(-logit))
            slopes.append(Scalar(scale * target.weight * (probability - target.positive)))
        }
        guard scale != nil else { return sum }
        if let pooling {
            pooling.addGradients(features, gradient, batch, slopes)
        } else {
            for (target, slope) in zip(batch.sentiments, slopes) {
                addGradients(features, gradient, target, slope)
            }
        }
        return sum
    }

    /// The row and the block of each direction that the head reads.
    private func halves(_ target: SentimentTarget) -> [(row: Int, block: Int)] {
        isBidirectional ? [(target.row, 0), (target.firstRow, 1)] : [(target.row, 0)]
    }

    private func logit(_ features: Matrix<Scalar>, _ target: SentimentTarget) -> Scalar {
        var sum = bias.value.row(0)[0]
        for half in halves(target) {
            let x = features.row(half.row).block(half.block, of: size)
            let w = weight.value.row(0).block(half.block, of: size)
            for u in 0..<size { sum += x[u] * w[u] }
        }
        return sum
    }

    private func addGradients(
        _ features: Matrix<Scalar>, _ gradient: Matrix<Scalar>, _ target: SentimentTarget,
        _ slope: Scalar
    ) {
        bias.gradient.row(0)[0] += slope
        for half in halves(target) {
            let x = features.row(half.row).block(half.block, of: size)
            let dx = gradient.row(half.row).block(half.block, of: size)
            let w = weight.value.row(0).block(half.block, of: size)
            let dw = weight.gradient.row(0).block(half.block, of: size)
            for u in 0..<size {
                dx[u] += slope * w[u]
                dw[u] += slope * x[u]
            }
        }
    }
}

/// -y log p - (1 - y) log (1 - p) with p = sigmoid(logit), in nats, in a form that does not overflow.
func crossEntropy(logit: Double, positive y: Double) -> Double {
    log(1 + exp(-abs(logit))) + max(logit, 0) - logit * y
}
