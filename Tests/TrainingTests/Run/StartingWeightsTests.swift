import Foundation
import Model
import Testing

@testable import Training

/// A run with the initial weights of another model.
@Suite struct StartingWeightsTests {
    private static func trained() throws -> SmallRun {
        let run = try SmallRun(.small)
        _ = try run.train()
        return run
    }

    private static func parameters(
        _ network: ModelConfig, from folder: URL
    ) throws -> ParameterSet<Float> {
        let parameters = ParameterSet<Float>(config: network)
        Initialisation().fill(parameters, config: network, seed: 9)
        try StartingWeights(folder.path).fill(parameters, of: network)
        return parameters
    }

    /// Everything except the head is copied; a head of another form keeps its random values.
    @Test func aNewHeadGrowsOnATrainedNetwork() throws {
        let run = try Self.trained()
        var network = Recipe.small.network
        network.heads.sentimentPooling = .gated
        let (fresh, started) = (
            ParameterSet<Float>(config: network),
            try Self.parameters(network, from: run.folder.model)
        )
        Initialisation().fill(fresh, config: network, seed: 9)
        let weights = try SafetensorsWeights(
            path: run.folder.model.appending(path: "model.safetensors").path,
            specs: Recipe.small.network.tensors)
        for (parameter, fresh) in zip(started.all, fresh.all) {
            let isHead = parameter.name.hasPrefix("sentiment.")
            let expected = isHead ? fresh.values : try weights.values(of: parameter.spec)
            #expect(parameter.values == expected, "\(parameter.name)")
        }
    }

    @Test func anotherNetworkIsRefusedAndNamed() throws {
        let run = try Self.trained()
        var network = Recipe.small.network
        network.hiddenSize = 32
        let error = #expect(throws: TrainingError.self) {
            try Self.parameters(network, from: run.folder.model)
        }
        let text = error?.description ?? ""
        #expect(text.contains("rnn.weight_ih_l0 of shape [64, 16]"), "\(text)")
        #expect(text.contains("rnn.weight_ih_l0 of shape [128, 16]"), "\(text)")
    }

    /// SGD: only the steps of the sentiment head are longer by the factor.
    @Test func theSentimentHeadMayLearnFaster() {
        let network = Recipe.small.network
        func step(rate: Double) -> ParameterSet<Float> {
            let parameters = ParameterSet<Float>(config: network)
            for parameter in parameters.all { parameter.gradient.all.fill(1) }
            let optimiser = SGD(
                parameters, momentum: 0, weightDecay: 0,
                sentimentRate: rate)
            optimiser.update(parameters, learningRate: 0.5, step: 1, pool: ThreadPool(threads: 1))
            return parameters
        }
        for parameter in step(rate: 4).all {
            let expected: Float = parameter.name.hasPrefix("sentiment.") ? -2 : -0.5
            #expect(parameter.values.allSatisfy { $0 == expected }, "\(parameter.name)")
        }
    }
}
