import Model
import Testing

@testable import Training

/// Losses and gradients, compared with torch.autograd, an independent implementation.
@Suite struct TorchGradientTests {
    static let names = [
        "lstm", "lstm-tied", "lstm-smoothed", "lstm-bidirectional", "lstm-pooled", "gru",
        "gru-tied", "rnn-tanh", "rnn-relu",
    ]

    @Test(arguments: names) func doublePrecisionAgrees(_ name: String) throws {
        try check(name, Double.self, within: 1e-6)
    }

    @Test(arguments: names) func singlePrecisionAgrees(_ name: String) throws {
        try check(name, Float.self, within: 1e-4)
    }

    private func check<Scalar: TrainingScalar>(
        _ name: String, _: Scalar.Type, within tolerance: Double
    ) throws {
        let fixture = try TorchFixture(name, kinds: ["value", "gradient"])
        let batches = fixture.description.windows.map(\.plan)
        let parameters = ParameterSet<Scalar>(config: fixture.config)
        try fixture.fill(parameters)
        let network = UnrolledNetwork(
            config: fixture.config, parameters: parameters, shape: batches[0].shape,
            pool: ThreadPool(threads: 2), labelSmoothing: fixture.description.labelSmoothing ?? 0)
        network.pack()
        network.forward(batches[0])
        // The heads determine the sums that pooling carries over.
        _ = network.loss(batches[0])
        network.carryState(batches[0].shape)
        network.forward(batches[1])
        let loss = network.backward(
            batches[1],
            weights: LossWeights(next: 1, sentiment: fixture.description.sentimentWeight ?? 1))
        check(loss, try #require(fixture.description.loss), within: tolerance)
        for parameter in parameters.all {
            let expected = try fixture.values("gradient", parameter.spec)
            let largest = expected.map { abs(Double($0)) }.max() ?? 0
            #expect(largest > 0)
            for (index, (x, y)) in zip(parameter.gradients, expected).enumerated() {
                #expect(
                    abs(Double(x) - Double(y)) <= tolerance * largest,
                    "\(parameter.name)[\(index)]: \(x), of PyTorch \(y)")
            }
        }
    }

    private func check(
        _ loss: BatchLoss, _ expected: TorchFixture.Loss, within tolerance: Double
    ) {
        #expect(abs(loss.tokens - expected.tokens) <= tolerance * expected.tokens)
        #expect(loss.tokenCount == expected.tokenCount)
        #expect(abs(loss.sentiment - expected.sentiment) <= tolerance * (expected.sentiment))
        #expect(abs(loss.sentimentWeight - expected.sentimentWeight) < 1e-9)
    }
}
