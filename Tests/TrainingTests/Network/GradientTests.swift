import Model
import Testing

@testable import Training

/// Every gradient, compared with central differences of the loss in double precision.
@Suite struct GradientTests {
    // One thread: the networks are tiny, and `PrecisionTests` shows that threads change no bit.
    private static let pool = ThreadPool(threads: 1)

    @Test(arguments: SmallNetworks.everyConfig.indices)
    func gradientsAreThoseOfTheLoss(index: Int) {
        let (name, config) = SmallNetworks.everyConfig[index]
        check(config, name)
    }

    @Test(arguments: [0, 3]) func gradientsWithDropoutAndSmoothingAreThoseOfTheLoss(step: Int) {
        var dropout = DropoutRates()
        dropout.input = 0.3
        dropout.between = 0.4
        dropout.output = 0.2
        dropout.weight = 0.3
        dropout.embedding = 0.2
        for config in [
            SmallNetworks.smallConfig(layers: 2, skip: .highway),
            SmallNetworks.smallConfig(.gru, tied: true),
        ] {
            check(config, "dropout", dropout: dropout, smoothing: 0.1, step: step)
        }
    }

    /// A mini-batch of 6 steps after another one, so that the initial state is not zero.
    private func check(
        _ config: ModelConfig, _ name: String, dropout: DropoutRates = DropoutRates(),
        smoothing: Double = 0, step: Int? = nil
    ) {
        let parameters = ParameterSet<Double>(config: config)
        SmallNetworks.randomise(parameters)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: BatchShape(steps: 6, lanes: 3),
            pool: Self.pool, dropout: dropout, labelSmoothing: smoothing, seed: 5)
        network.pack(step: step)
        let earlier = SmallNetworks.randomBatch(config, steps: 4, lanes: 3, seed: 2)
        network.forward(earlier)
        _ = network.loss(earlier)
        network.carryState(earlier.shape)
        let batch = SmallNetworks.randomBatch(config, steps: 6, lanes: 3)
        let weights = LossWeights(next: 1, sentiment: 0.7)
        func loss() -> Double {
            network.pack(step: step)
            network.forward(batch, step: step)
            let loss = network.loss(batch)
            let next = loss.tokenCount > 0 ? loss.tokens / Double(loss.tokenCount) : 0
            return next + 0.7 * loss.sentiment / loss.sentimentWeight
        }
        _ = loss()
        parameters.clearGradients(Self.pool)
        _ = network.backward(batch, weights: weights, step: step)
        for parameter in parameters.all {
            let gradients = parameter.gradients
            #expect(gradients.contains { $0 != 0 }, "\(name): \(parameter.name) has no gradient")
            var values = parameter.values
            for i in stride(from: 0, to: values.count, by: max(1, values.count / 7)) {
                let value = values[i]
                func lossAt(_ shifted: Double) -> Double {
                    values[i] = shifted
                    parameter.values = values
                    return loss()
                }
                let difference = (lossAt(value + 1e-5) - lossAt(value - 1e-5)) / 2e-5
                values[i] = value
                parameter.values = values
                #expect(
                    abs(difference - gradients[i]) < 1e-8 + 1e-6 * abs(difference),
                    "\(name): \(parameter.name)[\(i)] \(gradients[i]), by differences \(difference)"
                )
            }
        }
    }
}
