import Foundation
import Model
import TestSupport
import Testing

@Suite struct ModelConfigTests {
    private static let valid: [String: String] = [
        "format": #""sluice/1""#, "cell": #""lstm""#, "layers": "2", "embedding_size": "32",
        "hidden_size": "32", "vocab_size": "256", "tie_weights": "true", "tokenizer": #""bytes""#,
        "start_token": "0", "separator": #""\n""#,
        "heads": #"{"next": true, "sentiment": {"classes": 1}}"#,
    ]

    private func decode(_ text: String) throws(ModelError) -> ModelConfig {
        try ModelConfig.decode(Array(text.utf8), file: "folder/config.json")
    }

    private func decode(changing key: String, to value: String?) throws(ModelError) -> ModelConfig {
        var keys = Self.valid
        keys[key] = value
        return try decode("{" + keys.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}")
    }

    @Test func readsEveryKey() throws {
        let config = try decode(changing: "layers", to: "3")
        var expected = ModelConfig(
            cell: .lstm, layers: 3, embeddingSize: 32, hiddenSize: 32, vocabularySize: 256)
        expected.tieWeights = true
        expected.tokenizer = .bytes
        expected.startToken = 0
        expected.separator = "\n"
        expected.heads = ModelConfig.Heads(next: true, sentiment: true)
        #expect(config == expected)
    }

    @Test func fillsInDefaults() throws {
        var config = try decode(changing: "heads", to: "{}")
        #expect(config.heads == ModelConfig.Heads(next: true, sentiment: false))
        config = try decode(changing: "start_token", to: "null")
        #expect(config.startToken == nil)
        config = try decode(changing: "separator", to: nil)
        #expect(config.separator == "")
        config = try decode(changing: "tie_weights", to: nil)
        #expect(!config.tieWeights)
    }

    @Test(arguments: [
        ("hiden_size", "32", ModelError.Code.unknownKey, "hidden_size (the nearest)"),
        ("layer", "2", .unknownKey, "layers (the nearest)"),
        ("zzzzzzzzzzzzzzzz", "2", .unknownKey, "one of format, cell,"),
        ("format", #""sluice/2""#, .unsupported, #"found "sluice/2"; expected "sluice/1""#),
        ("cell", #""transformer""#, .wrongValue, "expected one of lstm, gru, rnn"),
        ("cell", "3", .wrongValue, "expected one of lstm, gru, rnn"),
        ("layers", "0", .wrongValue, "expected an integer from 1 to 8"),
        ("layers", "9", .wrongValue, "found 9"),
        ("layers", "2.0", .wrongValue, "found 2.0"),
        ("layers", #""2""#, .wrongValue, #"found "2""#),
        ("layers", "99999999999999999999", .wrongValue, "found 99999999999999999999"),
        ("hidden_size", "-1", .wrongValue, "expected an integer from 1 to 16384"),
        ("embedding_size", "16385", .wrongValue, "found 16385"),
        ("embedding_size", "48", .wrongValue, "tie_weights"),
        ("vocab_size", "1", .wrongValue, "vocab_size"),
        ("vocab_size", "1048577", .wrongValue, "vocab_size"),
        ("start_token", "256", .wrongValue, "expected an integer from 0 to 255"),
        ("start_token", "-1", .wrongValue, "start_token"),
        ("separator", "5", .wrongValue, "expected a string"),
        ("tie_weights", "1", .wrongValue, "expected true or false"),
        ("tokenizer", #""words""#, .wrongValue, "expected one of bpe, bytes"),
        ("activation", #""relu""#, .wrongValue, "only with cell rnn"),
        ("reset_gate", #""before""#, .wrongValue, "only with cell gru"),
        ("skip", #""sum""#, .wrongValue, "expected one of none, residual, highway, dense"),
        ("bidirectional", "1", .wrongValue, "expected true or false"),
        ("bidirectional", "true", .wrongValue, "expected false for a network with a next"),
        ("heads", "true", .wrongValue, "expected an object"),
        ("heads", #"{"nex": true}"#, .unknownKey, "heads.nex: found an unknown key"),
        ("heads", #"{"sentiment": {"classes": 3}}"#, .unsupported, "heads.sentiment.classes"),
        (
            "heads", #"{"sentiment": {"classes": 1, "pooling": "mean"}}"#, .wrongValue,
            "heads.sentiment.pooling: found \"mean\"; expected one of last, gated"
        ),
        (
            "heads", #"{"sentiment": {"classes": 1, "ngrams": 4}}"#, .wrongValue,
            "heads.sentiment.ngrams: found 4; expected an integer from 0 to 3"
        ),
        ("heads", #"{"next": false}"#, .wrongValue, "expected at least one head"),
        (
            "heads", #"{"next": false, "sentiment": {"classes": 1}}"#, .wrongValue,
            "tie_weights: found true"
        ),
    ])
    func refuses(key: String, value: String, code: ModelError.Code, text: String) {
        let error = #expect(throws: ModelError.self) { try decode(changing: key, to: value) }
        #expect(error?.code == code)
        #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("folder/config.json: ") == true)
    }

    @Test(arguments: ["format", "cell", "layers", "hidden_size", "vocab_size", "heads"])
    func refusesMissing(key: String) {
        let error = #expect(throws: ModelError.self) { try decode(changing: key, to: nil) }
        #expect(error?.code == .missingKey)
        #expect(error?.part == key)
    }

    @Test(arguments: [
        ("", "byte 0: found the end; expected a value"),
        ("{", "byte 1: found the end; expected a string"),
        ("[1,]", "byte 3: found ']'; expected a value"),
        (#"{"a": 1, "a": 2}"#, #"byte 9: found key "a" a second time; expected each key once"#),
        (#"{"a": 1, "\u0061": 2}"#, "a second time"),
        (#"{"a": 01}"#, "leading zeros"),
        (#"{"a": "\ud800"}"#, "surrogate"),
        ("{\"a\": \"\n\"}", "no control character"),
        (#"{"a": 1} x"#, "byte 9: found 'x'; expected the end of the text"),
        (String(repeating: "[", count: 100_000), "expected at most 64 levels"),
        ("7", "found 7; expected an object"),
    ])
    func refusesBadJSON(text: String, message: String) {
        let error = #expect(throws: ModelError.self) { try decode(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func refusesInvalidUTF8() {
        let bytes = Array(#"{"a": ""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(throws: ModelError.self) { try ModelConfig.decode(bytes, file: "config.json") }
    }

    @Test func survivesEveryDamage() throws {
        let folder = Fixture.url("lstm-3").appending(path: "config.json")
        let valid = [UInt8](try Data(contentsOf: folder))
        var generator = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            var bytes = valid
            bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                in: .min ... .max, using: &generator)
            do {
                _ = try ModelConfig.decode(bytes, file: "config.json")
            } catch {
                #expect(error.file == "config.json" && !error.description.contains("\n"))
            }
        }
        for length in valid.indices.dropLast() {
            #expect(throws: ModelError.self) {
                try ModelConfig.decode(Array(valid.prefix(length)), file: "config.json")
            }
        }
    }
}
