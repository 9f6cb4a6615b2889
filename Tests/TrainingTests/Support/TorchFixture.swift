import Foundation
import Model

@testable import Training

/// A fixture of Generators/torch_gradients.py: a network, mini-batches, and the results of PyTorch.
struct TorchFixture {
    struct Window: Decodable {
        struct Target: Decodable {
            let row: Int
            let firstRow: Int
            let positive: Double
            let weight: Double
        }

        let steps: Int
        let lanes: Int
        let tokens: [Int32]
        let targets: [Int32]
        let starts: [Bool]
        let ends: [Bool]
        let sentiments: [Target]

        var plan: MiniBatch {
            var plan = MiniBatch(shape: BatchShape(steps: steps, lanes: lanes))
            (plan.tokens, plan.targets) = (tokens, targets)
            (plan.starts, plan.ends) = (starts, ends)
            plan.sentiments = sentiments.map {
                SentimentTarget(
                    row: $0.row, firstRow: $0.firstRow, positive: $0.positive, weight: $0.weight)
            }
            return plan
        }
    }

    struct Loss: Decodable {
        let tokens: Double
        let tokenCount: Int
        let sentiment: Double
        let sentimentWeight: Double
    }

    struct Description: Decodable {
        let windows: [Window]
        let labelSmoothing: Double?
        let sentimentWeight: Double?
        let loss: Loss?
    }

    let config: ModelConfig
    let description: Description
    private let weights: SafetensorsWeights

    /// `kinds`: the kinds of values that the file has for each parameter.
    init(_ name: String, kinds: [String]) throws {
        let json = try Data(Fixtures.bytes("torch-\(name).json"))
        let members = try JSONSerialization.jsonObject(with: json) as? [String: Any]
        let object = try JSONSerialization.data(withJSONObject: members?["config"] ?? [:])
        let config = try ModelConfig.decode(Array(object), file: name)
        self.config = config
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        description = try decoder.decode(Description.self, from: json)
        weights = try SafetensorsWeights(
            path: Fixtures.path("torch-\(name).safetensors"),
            specs: kinds.flatMap { kind in config.tensors.map { Self.spec(kind, $0) } })
    }

    private static func spec(_ kind: String, _ spec: TensorSpec) -> TensorSpec {
        TensorSpec("\(kind)/\(spec.name)", spec.shape)
    }

    func values(_ kind: String, _ spec: TensorSpec) throws -> [Float] {
        try weights.values(of: Self.spec(kind, spec))
    }

    func fill<Scalar>(_ parameters: ParameterSet<Scalar>) throws {
        for parameter in parameters.all {
            parameter.values = try values("value", parameter.spec).map { Scalar($0) }
        }
    }
}
