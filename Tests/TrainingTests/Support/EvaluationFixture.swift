import Foundation

/// The measurements of the shipped model by PyTorch and NumPy; see Generators/evaluation.py.
struct EvaluationFixture: Decodable {
    struct Text: Decodable {
        let text: String
        let tokens: Int
        let bits: Double
    }

    struct Example: Decodable {
        let text: String
        let positive: Bool
        let probabilities: [Double]
    }

    struct Sentiment: Decodable {
        let accuracy: Double
        let f1: Double
        let calibrationError: Double
        let logLoss: Double
        let brierScore: Double
        let quarters: [Double]
    }

    let text: Text
    let examples: [Example]
    let sentiment: Sentiment

    static func load() throws -> EvaluationFixture {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/evaluation.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(EvaluationFixture.self, from: Data(contentsOf: file))
    }
}
