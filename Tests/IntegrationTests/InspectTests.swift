import Foundation
import TestSupport
import Testing

/// `sluice inspect`, and what becomes of models that are missing or damaged.
@Suite(.blocking) struct InspectTests {
    @Test func showsTheShippedModel() throws {
        let text = try SluiceProcess.run(["inspect"])
        #expect(text.status == 0)
        let result = try SluiceProcess.run(["inspect", "--json"])
        #expect(result.status == 0)
        let report = try json(result.output)
        #expect(report["cell"] as? String == "lstm")
        #expect(report["layers"] as? Int == 2)
        #expect(report["vocabulary_size"] as? Int == 4096)
        #expect(report["tokenizer"] as? String == "bpe")
        #expect(report["sentiment_pooling"] as? String == "gated")
        // h and c of two layers of 496, four bytes each.
        #expect(report["state_bytes"] as? Int == 2 * 2 * 496 * 4)
        let fingerprint = try #require(report["fingerprint"] as? String)
        #expect(fingerprint.count == 64)
        #expect(text.output.contains(fingerprint))
        let parameters = try #require(report["parameters"] as? Int)
        // Embedding, tied with the head; two LSTM layers; the vocabulary's bias; evidence and gate.
        let layer = 4 * 496 * (496 + 496) + 2 * 4 * 496
        #expect(parameters == 4096 * 496 + 2 * layer + 4096 + 2 * 496 + 2)
        #expect(text.output.contains("rnn.weight_hh_l1 [1984, 496]"))
    }

    /// Every command refuses a model in the same words.
    @Test(arguments: ["inspect", "score", "serve"])
    func aMissingModelIsNamed(_ command: String) throws {
        let model = command == "inspect" ? ["/nowhere/model"] : ["--model", "/nowhere/model"]
        let result = try SluiceProcess.run([command] + model)
        #expect(result.status == 66)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("/nowhere/model/config.json"))
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let file: String
        let words: [String]
        let change: @Sendable ([UInt8]) -> [UInt8]
    }

    static let damages = [
        Damage(testDescription: "no JSON", file: "config.json", words: ["config.json"]) { _ in
            bytes("{")
        },
        Damage(
            testDescription: "unknown key", file: "config.json", words: ["hiden_size"],
            change: { bytes(text($0).replacing("hidden_size", with: "hiden_size")) }),
        Damage(
            testDescription: "other size", file: "config.json",
            words: ["model.safetensors", "rnn.", "[102, "],
            change: {
                bytes(text($0).replacing("\"hidden_size\": 33", with: "\"hidden_size\": 34"))
            }
        ),
        Damage(
            testDescription: "cut off", file: "model.safetensors", words: ["model.safetensors"],
            change: { Array($0.dropLast(100)) }),
        Damage(
            testDescription: "empty", file: "model.safetensors", words: ["model.safetensors"],
            change: { _ in [] }),
        Damage(
            testDescription: "header too long", file: "model.safetensors",
            words: ["model.safetensors"],
            change: { [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0] + $0.dropFirst(8) }),
    ]

    @Test(arguments: damages) func aDamagedModelIsRefused(_ damage: Damage) throws {
        let folder = try TemporaryFolder()
        let model = try folder.copy(Repository.smallModel, to: "model")
        let file = "model/\(damage.file)"
        let whole = Array(try Data(contentsOf: URL(filePath: "\(folder.path)/\(file)")))
        try folder.write(damage.change(whole), to: file)
        let result = try SluiceProcess.run(["inspect", model])
        #expect(result.status == 65, "\(result.output)")
        for word in damage.words + ["found", "expected"] {
            #expect(result.errors.contains(word), "\(result.errors)")
        }
    }
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
