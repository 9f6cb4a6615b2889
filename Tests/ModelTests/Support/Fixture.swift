import Foundation
import Model

/// A folder made by Fixtures/generate.py: the results of PyTorch for a model after each token.
struct Fixture {
    struct Tokens: Decodable {
        enum CodingKeys: String, CodingKey {
            case ids, text, fingerprint
            case logitRows = "logit_rows"
            case topIDs = "top_ids"
        }

        let ids: [Int32]
        let text: String?
        let fingerprint: String?
        let logitRows: [Int]
        let topIDs: [[Int32]]?
    }

    let config: ModelConfig
    let tokens: Tokens
    /// `[T or 1, layers, H]`
    let h: [Float]
    let c: [Float]
    /// `[logitRows, V]`
    let logits: [Float]
    /// `[T]`, `[T]` and `[T, 5]`
    let positive: [Float]
    let surprisal: [Float]
    let top: [Float]

    static func url(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures").appending(path: name)
    }

    static func config(_ folder: URL) throws -> ModelConfig {
        let file = folder.appending(path: "config.json")
        return try ModelConfig.decode([UInt8](Data(contentsOf: file)), file: file.path)
    }

    static func network(_ name: String) throws -> Network {
        try Model.load(from: url(name)).network
    }

    /// `states`: for how many tokens h and c are there.
    init(_ name: String, config: ModelConfig, states: Int? = nil) throws {
        let folder = Self.url(name)
        self.config = config
        tokens = try JSONDecoder().decode(
            Tokens.self, from: Data(contentsOf: folder.appending(path: "tokens.json")))
        let (count, size) = (tokens.ids.count, config.hiddenSize)
        let state = [states ?? count, config.layers, size]
        var specs = [TensorSpec("h", state)]
        if config.cell == .lstm { specs.append(TensorSpec("c", state)) }
        if config.heads.next {
            specs.append(TensorSpec("logits", [tokens.logitRows.count, config.vocabularySize]))
            specs += [TensorSpec("surprisal", [count]), TensorSpec("top", [count, 5])]
        }
        if config.heads.sentiment { specs.append(TensorSpec("positive", [count])) }
        let path = folder.appending(path: "expected.safetensors").path
        let file = try SafetensorsWeights(path: path, specs: specs)
        func values(_ name: String) throws -> [Float] {
            try specs.first { $0.name == name }.map { try file.values(of: $0) } ?? []
        }
        (h, c) = (try values("h"), try values("c"))
        logits = try values("logits")
        (positive, surprisal, top) = (
            try values("positive"), try values("surprisal"), try values("top")
        )
    }

    func hidden(_ kind: StateLayout.Kind, row: Int, layer: Int) -> ArraySlice<Float> {
        let start = (row * config.layers + layer) * config.hiddenSize
        return (kind == .h ? h : c)[start..<start + config.hiddenSize]
    }
}
