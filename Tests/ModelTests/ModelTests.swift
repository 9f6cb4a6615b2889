import DefaultModel
import Foundation
import Kernels
import Model
import TestSupport
import Testing
import Tokenizer

@Suite struct ModelTests {
    /// A byte model's folder, to be damaged.
    private func folder(_ name: String = "lstm-3") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for file in ["config.json", "model.safetensors"] {
            let data = try Data(contentsOf: Fixture.url(name).appending(path: file))
            try folder.write(data, to: file)
        }
        return folder
    }

    private func edit(_ folder: TemporaryFolder, _ old: String, _ new: String) throws {
        let file = folder.url.appending(path: "config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(old))
        try folder.write(Array(text.replacing(old, with: new).utf8), to: "config.json")
    }

    @Test func loadsTheShippedModel() throws {
        let model = try Model.load(from: DefaultModel.folder)
        #expect(model.tokenizer.vocabulary.count == model.config.vocabularySize)
        let start = try #require(model.config.startToken)
        #expect(model.tokenizer.vocabulary.text(of: Int32(start)) == "<|end|>")
    }

    @Test func fingerprintIsTheSameAfterARewriteOfTheSameSettings() throws {
        let folder = try folder()
        let before = try Model.load(from: folder.url).fingerprint
        try edit(folder, "\"format\"", "\"separator\": \"\", \"format\"")
        #expect(try Model.load(from: folder.url).fingerprint == before)
        #expect(before.bytes.count == 32 && before.hex.count == 64)
        #expect(before.hex.hasPrefix(before.short) && before.short.count == 16)
        #expect(Fingerprint(bytes: before.bytes) == before)
        #expect(Fingerprint(bytes: [1]) == nil)
    }

    @Test func fingerprintDependsOnConfigurationAndWeights() throws {
        let folder = try folder()
        var seen = [try Model.load(from: folder.url).fingerprint]
        try edit(folder, "\"start_token\": 0", "\"start_token\": 10")
        seen.append(try Model.load(from: folder.url).fingerprint)
        try edit(folder, "\"format\"", "\"separator\": \"\\n\", \"format\"")
        seen.append(try Model.load(from: folder.url).fingerprint)
        let file = folder.url.appending(path: "model.safetensors")
        var bytes = [UInt8](try Data(contentsOf: file))
        bytes[bytes.count - 4] ^= 1
        try folder.write(bytes, to: "model.safetensors")
        seen.append(try Model.load(from: folder.url).fingerprint)
        #expect(Set(seen).count == seen.count)
    }

    /// The fixtures' digests are those of Python's hashlib.
    @Test(arguments: ["gru", "gru-before", "rnn-relu", "lstm-3", "sentiment-only"])
    func fingerprintIsBLAKE2b(name: String) throws {
        let model = try Model.load(from: Fixture.url(name))
        let fixture = try Fixture(name, config: model.config)
        #expect(model.fingerprint.hex == fixture.tokens.fingerprint)
    }

    @Test func refusesAVocabularyOfAnotherSize() throws {
        let folder = try folder()
        try edit(folder, "\"vocab_size\": 256", "\"vocab_size\": 255")
        let error = #expect(throws: ModelError.self) { try Model.load(from: folder.url) }
        #expect(error?.part == "vocab_size")
        #expect(error?.expected == "256, the tokens of the tokenizer (bytes)")
    }

    @Test func refusesAMissingOrBrokenTokenizer() throws {
        let folder = try folder()
        try edit(folder, "\"bytes\"", "\"bpe\"")
        let path = folder.url.appending(path: "tokenizer.json").path
        for text in [nil, "", "{}", #"{"model": {"type": "WordPiece"}}"#] {
            if let text { try folder.write(Array(text.utf8), to: "tokenizer.json") }
            let error = #expect(throws: ModelError.self) { try Model.load(from: folder.url) }
            #expect(error?.file == path)
        }
    }

    @Test(arguments: ["config.json", "model.safetensors"])
    func refusesAMissing(file: String) throws {
        let folder = try folder()
        let url = folder.url.appending(path: file)
        try FileManager.default.removeItem(at: url)
        let error = #expect(throws: ModelError.self) { try Model.load(from: folder.url) }
        #expect(error?.code == .unreadable)
        #expect(error?.description.hasPrefix(url.path + ": found No such file") == true)
    }

    @Test func summaryCountsParametersAndBytes() throws {
        let model = try Model.load(from: DefaultModel.folder)
        let summary = ModelSummary(model.network)
        #expect(
            summary.parts.map(\.name)
                == ["embedding", "rnn layer 0", "rnn layer 1", "decoder", "sentiment"])
        #expect(summary.parts[1].tensors.first == TensorSpec("rnn.weight_ih_l0", [1984, 496]))
        #expect(summary.parts[1].parameters == 2 * 1984 * 496 + 2 * 1984)
        let path = try DefaultModel.folder.appending(path: "model.safetensors").path
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        let header = try #require(size) - summary.weightBytes
        #expect((8...4096).contains(header))
        #expect(summary.stateVectors.map(\.name) == ["h0", "c0", "h1", "c1"])
        #expect(summary.stateBytes == 4 * 496 * 4)
        #expect(summary.inputTableBytes == 4096 * 1984 * 4)
    }

    @Test func summaryTellsWhatBelongsToALayer() throws {
        var config = ModelConfig(
            cell: .gru, layers: 3, embeddingSize: 4, hiddenSize: 4, vocabularySize: 8)
        config.skip = .highway
        let parts = ModelSummary(try Network.random(config: config)).parts
        #expect(
            parts.map(\.name)
                == ["embedding", "rnn layer 0", "rnn layer 1", "rnn layer 2", "decoder"])
        #expect(parts[2].tensors.last == TensorSpec("highway.bias_l1", [4]))
        #expect(parts.flatMap(\.tensors) == config.tensors)
    }

    @Test func randomWeightsAreTheSameEverywhere() throws {
        let config = ModelConfig(
            cell: .lstm, layers: 1, embeddingSize: 4, hiddenSize: 4, vocabularySize: 8)
        let spec = TensorSpec("rnn.weight_ih_l0", [16, 4])
        let values = RandomWeights(config: config, seed: 1).values(of: spec)
        #expect(values == RandomWeights(config: config, seed: 1).values(of: spec))
        #expect(values != RandomWeights(config: config, seed: 2).values(of: spec))
        #expect(values.allSatisfy { abs($0) <= 0.5 })
        #expect(values.contains { $0 > 0.4 } && values.contains { $0 < -0.4 })
    }
}
