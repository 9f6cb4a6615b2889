import Foundation
import Model
import TestSupport
import Testing

@Suite struct SafetensorsTests {
    static let config: ModelConfig = {
        var config = ModelConfig(
            cell: .lstm, layers: 1, embeddingSize: 3, hiddenSize: 4, vocabularySize: 5)
        config.heads.sentiment = true
        return config
    }()
    static let values = RandomWeights(config: config, seed: 7)

    private func valid() -> SafetensorsBytes {
        SafetensorsBytes(Self.config.tensors, values: Self.values.values)
    }

    /// Reads every tensor of the file.
    @discardableResult
    private func load(_ path: String) throws(ModelError) -> [String: [Float]] {
        let weights = try SafetensorsWeights(path: path, specs: Self.config.tensors)
        var tensors: [String: [Float]] = [:]
        for spec in Self.config.tensors { tensors[spec.name] = try weights.values(of: spec) }
        return tensors
    }

    @Test func readsWhatWasWritten() throws {
        let folder = try TemporaryFolder()
        let tensors = try load(folder.write(valid().bytes, to: "model.safetensors"))
        for spec in Self.config.tensors {
            #expect(tensors[spec.name] == Self.values.values(of: spec))
        }
    }

    @Test func readsAnyOrderAndMetadata() throws {
        let folder = try TemporaryFolder()
        var file = valid()
        let entries = file.tensors.reversed().map(\.json).joined(separator: " ,\n")
        file.header = #"{"__metadata__":{"steps":"12"},"# + entries + "}    "
        let tensors = try load(folder.write(file.bytes, to: "model.safetensors"))
        #expect(tensors["decoder.bias"] == Self.values.values(of: TensorSpec("decoder.bias", [5])))
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: ModelError.Code
        /// The message contains all of them.
        let texts: [String]
        let apply: @Sendable (inout SafetensorsBytes) -> Void

        init(
            _ name: String, _ code: ModelError.Code, _ texts: String...,
            apply: @escaping @Sendable (inout SafetensorsBytes) -> Void
        ) {
            testDescription = name
            self.code = code
            self.texts = texts
            self.apply = apply
        }
    }

    static let damages = [
        Damage("header of no length", .malformed, "header: found a length of 0 bytes") {
            $0.headerLength = 0
        },
        Damage("header over 1 MiB", .malformed, "of 1048577 bytes; expected from 2 to 1048576") {
            $0.header = "{}" + String(repeating: " ", count: 1 << 20 - 1)
        },
        Damage("header beyond the file", .malformed, "a length of 5000 bytes") {
            $0.headerLength = 5000
        },
        Damage("header of 2^64 - 1", .malformed, "a length of 18446744073709551615 bytes") {
            $0.headerLength = .max
        },
        Damage("header is no JSON", .malformed, "byte 9: found 'h'; expected a string") {
            $0.header = "{header}"
        },
        Damage("header is no object", .malformed, "header: found [1]; expected an object") {
            $0.header = "[1]"
        },
        Damage("metadata is no string", .malformed, "__metadata__.a: found 1") {
            $0.header = #"{"__metadata__":{"a":1}}"#
        },
        Damage("name twice", .malformed, #"found key "rnn.bias_hh_l0" a second time"#) {
            $0["rnn.bias_ih_l0"].name = "rnn.bias_hh_l0"
        },
        Damage("unknown dtype", .wrongType, "decoder.bias: found dtype F33; expected one of BF16") {
            $0["decoder.bias"].dtype = "F33"
        },
        Damage("other dtype", .wrongType, "decoder.bias: found I32 [5]; expected F32 [5]") {
            $0["decoder.bias"].dtype = "I32"
        },
        Damage("other shape", .wrongShape, "found F32 [3, 5]; expected F32 [5, 3]") {
            $0["embedding.weight"].shape = [3, 5]
        },
        Damage("more dimensions", .wrongShape, "rnn.bias_ih_l0: found F32 [16, 1]") {
            $0["rnn.bias_ih_l0"].shape = [16, 1]
        },
        Damage("no dimensions", .wrongShape, "sentiment.bias: found F32 []; expected F32 [1]") {
            $0["sentiment.bias"].shape = []
        },
        Damage("negative size", .wrongValue, "decoder.bias.shape: found [-5]") {
            $0["decoder.bias"].shape = [-5]
        },
        Damage("size of another dtype", .wrongOffsets, "found 20 bytes", "10 bytes for F16 [5]") {
            $0["decoder.bias"].dtype = "F16"
        },
        Damage("size overflows", .wrongOffsets, "expected a shape whose size fits") {
            $0["decoder.bias"].shape = [1 << 62, 1 << 62]
        },
        Damage("begin > end", .wrongOffsets, "decoder.bias: found data_offsets") {
            let tensor = $0["decoder.bias"]
            ($0["decoder.bias"].begin, $0["decoder.bias"].end) = (tensor.end, tensor.begin)
        },
        Damage("offsets out of range", .wrongOffsets, "begin <= end <= ") {
            $0["sentiment.bias"].begin += 4
            $0["sentiment.bias"].end += 4
        },
        Damage("overlap", .wrongOffsets, "found an overlap", "F32 [16] to begin at byte") {
            $0["rnn.bias_hh_l0"].begin -= 4
            $0["rnn.bias_hh_l0"].end -= 4
        },
        Damage("same bytes twice", .wrongOffsets, "found an overlap") {
            $0["rnn.bias_hh_l0"].begin = $0["rnn.bias_ih_l0"].begin
            $0["rnn.bias_hh_l0"].end = $0["rnn.bias_ih_l0"].end
        },
        Damage("gap", .wrongOffsets, "sentiment.bias: found a gap") { file in
            let place = file["sentiment.bias"].begin
            file.data.insert(contentsOf: [0, 0, 0, 0], at: place)
            file["sentiment.bias"].begin += 4
            file["sentiment.bias"].end += 4
        },
        Damage("bytes left over", .malformed, "data: found") { $0.data.append(0) },
        Damage(
            "missing tensor", .missingTensor,
            "sentiment.bias: found no such tensor; expected F32 [1]"
        ) {
            $0.tensors.removeLast()
            $0.data.removeLast(4)
        },
        Damage("another name", .missingTensor, "rnn.weight_hh_l0: found no such", "F32 [16, 4]") {
            $0["rnn.weight_hh_l0"].name = "rnn.weight_hh_10"
        },
        Damage("unexpected tensor", .unexpectedTensor, "extra: found F32 [0]; expected no such") {
            $0.tensors.append(
                .init(name: "extra", shape: [0], begin: $0.data.count, end: $0.data.count))
        },
        Damage("NaN", .notFinite, "embedding.weight: found nan at index 2; expected finite") {
            $0.data.replaceSubrange(8..<12, with: [0, 0, 0xC0, 0x7F])
        },
        Damage("infinity", .notFinite, "embedding.weight: found -inf at index 0") {
            $0.data.replaceSubrange(0..<4, with: [0, 0, 0x80, 0xFF])
        },
        Damage("control characters in a name", .unexpectedTensor, "a\u{FFFD}b") {
            $0.tensors.append(.init(name: #"a\u000ab"#, shape: [0], begin: 0, end: 0))
        },
    ]

    @Test(arguments: damages)
    func refuses(damage: Damage) throws {
        let folder = try TemporaryFolder()
        var file = valid()
        damage.apply(&file)
        let path = try folder.write(file.bytes, to: "model.safetensors")
        let error = #expect(throws: ModelError.self) { try load(path) }
        let message = error?.description ?? ""
        #expect(error?.code == damage.code)
        #expect(message.hasPrefix(path + ": ") && !message.contains("\n"))
        for text in damage.texts { #expect(message.contains(text), "\(message)") }
    }

    @Test func refusesEveryTruncation() throws {
        let folder = try TemporaryFolder()
        let bytes = valid().bytes
        for length in bytes.indices {
            let path = try folder.write(bytes.prefix(length), to: "model.safetensors")
            let error = #expect(throws: ModelError.self) { try load(path) }
            #expect(error?.file == path)
        }
    }

    @Test func survivesEveryFlippedByteOfTheHeader() throws {
        let folder = try TemporaryFolder()
        let bytes = valid().bytes
        let header = bytes.count - valid().data.count
        var generator = SeededRandom(seed: 3)
        var refusals = 0
        for index in 0..<header {
            var damaged = bytes
            damaged[index] ^= UInt8.random(in: 1 ... .max, using: &generator)
            let path = try folder.write(damaged, to: "model.safetensors")
            do {
                try load(path)
            } catch {
                refusals += 1
                #expect(error.file == path && !error.description.contains("\n"))
            }
        }
        #expect(refusals > header * 9 / 10)
    }

    @Test func refusesWhatIsNoFile() throws {
        let folder = try TemporaryFolder()
        let missing = folder.url.appending(path: "none.safetensors").path
        var error = #expect(throws: ModelError.self) { try load(missing) }
        #expect(error?.code == .unreadable)
        #expect(error?.description.contains("No such file") == true)
        error = #expect(throws: ModelError.self) { try load(folder.url.path) }
        #expect(error?.code == .unreadable)
    }

    @Test func keepsReadingAFileThatIsReplaced() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(valid().bytes, to: "model.safetensors")
        let weights = try SafetensorsWeights(path: path, specs: Self.config.tensors)
        try Data([1, 2, 3]).write(to: URL(filePath: path), options: .atomic)
        for spec in Self.config.tensors {
            #expect(try weights.values(of: spec) == Self.values.values(of: spec))
        }
    }

    @Test func refusesAFileCutShortWhileItIsRead() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(valid().bytes, to: "model.safetensors")
        let weights = try SafetensorsWeights(path: path, specs: Self.config.tensors)
        try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 100)
        let spec = Self.config.tensors[0]
        let error = #expect(throws: ModelError.self) { try weights.values(of: spec) }
        #expect(error?.file == path)
        #expect(error?.code == .malformed)
    }
}

/// Unsupported or differently exported weights of PyTorch are rejected with a specific message.
@Suite struct ForeignWeightsTests {
    private static let config = SafetensorsTests.config

    private func refusal(
        _ change: (inout SafetensorsBytes) -> Void
    ) throws -> ModelError {
        let folder = try TemporaryFolder()
        var file = SafetensorsBytes(Self.config.tensors, values: SafetensorsTests.values.values)
        change(&file)
        let path = try folder.write(file.bytes, to: "model.safetensors")
        return try #require(
            throws: ModelError.self,
            performing: { try SafetensorsWeights(path: path, specs: Self.config.tensors) })
    }

    @Test(arguments: [
        ("rnn.weight_hh_l0", "rnn.weight_hr_l0", "proj_size"),
        ("rnn.weight_ih_l0", "rnn.weight_ih", "nn.LSTMCell"),
        ("rnn.bias_hh_l0", "bias_hh", "nn.LSTMCell"),
        ("rnn.bias_ih_l0", "rnn.bias_ih_l0_reverse", "\"bidirectional\": true"),
        ("rnn.weight_ih_l0", "lstm.weight_ih_l0", "expected rnn.weight_ih_l0"),
        ("rnn.weight_ih_l0", "weight_ih_l0", "expected rnn.weight_ih_l0"),
    ])
    func aNameTellsTheKind(own: String, theirs: String, text: String) throws {
        let error = try refusal { $0[own].name = theirs }
        #expect(error.code == .unsupported && error.part == theirs)
        #expect(error.description.contains(text), "\(error)")
    }

    @Test func aNetworkWithoutBiasesIsToldWhatToWrite() throws {
        let error = try refusal { file in
            let bias = file["rnn.bias_ih_l0"]
            file.tensors.removeAll { $0.name == bias.name }
            for index in file.tensors.indices where file.tensors[index].begin > bias.begin {
                file.tensors[index].begin -= bias.end - bias.begin
                file.tensors[index].end -= bias.end - bias.begin
            }
            file.data.removeSubrange(bias.begin..<bias.end)
        }
        #expect(error.code == .missingTensor && error.part == "rnn.bias_ih_l0")
        #expect(error.description.contains("bias=False"), "\(error)")
        #expect(error.description.contains("export_pytorch.py"))
    }

    @Test func anotherPrecisionIsToldWhatToWrite() throws {
        let error = try refusal { file in
            file["decoder.bias"].dtype = "F64"
            let end = file["decoder.bias"].end
            let more = file["decoder.bias"].end - file["decoder.bias"].begin
            for index in file.tensors.indices where file.tensors[index].begin >= end {
                file.tensors[index].begin += more
                file.tensors[index].end += more
            }
            file["decoder.bias"].end += more
            file.data.insert(contentsOf: [UInt8](repeating: 0, count: more), at: end)
        }
        #expect(error.code == .wrongType && error.description.contains("export_pytorch.py"))
    }
}
