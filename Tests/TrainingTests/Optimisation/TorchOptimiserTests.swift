import Model
import Testing

@testable import Training

/// Parameters after five steps, compared with torch.optim and clip_grad_norm_.
@Suite struct TorchOptimiserTests {
    static let kinds = ["adamw", "sgd", "momentum"]

    private func optimiser(
        _ kind: String, _ parameters: ParameterSet<Float>
    ) -> any Optimiser {
        switch kind {
        case "adamw":
            AdamW(parameters, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1)
        case "sgd": SGD(parameters, momentum: 0, weightDecay: 0.02)
        default: SGD(parameters, momentum: 0.9, weightDecay: 0.02)
        }
    }

    @Test(arguments: kinds) func fiveStepsEndWhereTorchEnds(_ kind: String) throws {
        let fixture = try TorchFixture("optimisers", kinds: ["value"] + Self.kinds)
        let batch = fixture.description.windows[0].plan
        let pool = ThreadPool(threads: 2)
        let parameters = ParameterSet<Float>(config: fixture.config)
        try fixture.fill(parameters)
        let network = UnrolledNetwork(
            config: fixture.config, parameters: parameters, shape: batch.shape, pool: pool)
        let optimiser = optimiser(kind, parameters)
        for step in 1...5 {
            parameters.clearGradients(pool)
            network.pack()
            network.forward(batch)
            _ = network.backward(batch, weights: LossWeights())
            let norm = parameters.gradientNorms(pool).reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(norm > 0.25, "nothing to clip")
            parameters.clip(Clipping(norm: 0.25), norm: norm, pool)
            optimiser.update(
                parameters, learningRate: kind == "adamw" ? 0.01 : 0.2, step: step, pool: pool)
        }
        for parameter in parameters.all {
            let expected = try fixture.values(kind, parameter.spec)
            for (x, y) in zip(parameter.values, expected) {
                #expect(abs(x - y) < 1e-5, "\(parameter.name): \(x), of PyTorch \(y)")
            }
            #expect(expected != (try fixture.values("value", parameter.spec)))
        }
    }
}
