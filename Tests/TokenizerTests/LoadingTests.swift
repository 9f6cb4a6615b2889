import Foundation
import Testing

@testable import Tokenizer

/// Unsupported settings of a tokenizer file are rejected with their key.
@Suite struct LoadingTests {
    @Test(arguments: Fixture.all)
    func theVocabularyDecodesATextToItself(_ fixture: Fixture) {
        let text = "The theatre's 12 boats — café\n\t日本 <|end|>"
        let vocabulary = fixture.tokenizer.vocabulary
        let decoded = fixture.tokenizer.encode(Array(text.utf8)).flatMap(vocabulary.bytes(of:))
        #expect(String(decoding: decoded, as: UTF8.self) == text)
    }

    @Test func tokensHaveIDsBytesAndText() {
        let vocabulary = Fixture.shipped.tokenizer.vocabulary
        #expect(vocabulary.count == 4096)
        #expect(vocabulary.text(of: 0) == "<|end|>")
        #expect((1..<4096).count { vocabulary.bytes(of: $0).elementsEqual(" the".utf8) } == 1)
        #expect(vocabulary.byteCount(of: 0) == 7)
    }

    @Test func mergesMayBePairsOrLines() throws {
        let lines = try changed { root in
            var model = root["model"] as! [String: Any]
            model["merges"] = (model["merges"] as! [[String]]).map { $0.joined(separator: " ") }
            root["model"] = model
        }
        let tokenizer = try BPETokenizer(json: lines, name: "lines")
        for example in Fixture.crafted.cases {
            #expect(tokenizer.encode(example.bytes) == example.ids)
        }
    }

    @Test(arguments: [
        ("normalizer", #"{"type":"NFC"}"#), ("truncation", #"{"max_length":5}"#),
        ("padding", #"{"pad_id":0}"#), ("post_processor", "7"),
        ("decoder.type", #""WordPiece""#), ("pre_tokenizer", "null"),
        ("pre_tokenizer.type", #""Whitespace""#), ("pre_tokenizer.add_prefix_space", "true"),
        ("pre_tokenizer.use_regex", "false"), ("pre_tokenizer.colour", "1"),
        ("model.type", #""Unigram""#), ("model.dropout", "0.1"), ("model.byte_fallback", "true"),
        ("model.ignore_merges", "true"), ("model.end_of_word_suffix", #""</w>""#),
        ("model.continuing_subword_prefix", #""@@""#), ("model.merges", #"{"a":1}"#),
        ("model.vocab", "[]"), ("model.size", "7"), ("added_tokens", "7"), ("unknown", "true"),
    ])
    func whatIsNotSupportedIsRefusedByKey(_ key: String, _ value: String) throws {
        let path = key.split(separator: ".").map(String.init)
        let json = try changed { root in
            let new = try JSONSerialization.jsonObject(
                with: Data(value.utf8), options: .fragmentsAllowed)
            if path.count == 1 {
                root[path[0]] = new
                return
            }
            var inner = root[path[0]] as! [String: Any]
            inner[path[1]] = new
            root[path[0]] = inner
        }
        let error = #expect(throws: TokenizerError.self) {
            try BPETokenizer(json: json, name: "changed.json")
        }
        guard case .unsupported("changed.json", key, let found, let supported)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(!found.isEmpty && !supported.isEmpty)
    }

    @Test(arguments: ["single_word", "lstrip", "rstrip"])
    func addedTokensThatLookAroundAreRefused(_ flag: String) throws {
        let json = try changedAddedToken(1) { $0[flag] = true }
        #expect(throws: unsupported("added_tokens[1].\(flag)", found: "true", "false")) {
            try BPETokenizer(json: json, name: "changed.json")
        }
    }

    @Test func addedTokensOfTwoKindsAreRefused() throws {
        let json = try changedAddedToken(1) { $0["normalized"] = true }
        #expect(throws: TokenizerError.self) { try BPETokenizer(json: json, name: "changed.json") }
    }

    @Test func addedTokensWithTheWrongIDOrContentAreRefused() throws {
        for (key, value) in [("id", 1000 as Any), ("content", ""), ("content", "<e>"), ("id", -1)] {
            let json = try changedAddedToken(1) { $0[key] = value }
            #expect(throws: TokenizerError.self) {
                try BPETokenizer(json: json, name: "changed.json")
            }
        }
    }

    @Test func partsThatContradictEachOtherAreRefused() throws {
        let changes: [(inout [String: Any]) -> Void] = [
            { $0["merges"] = [["a", "zz"]] }, { $0["merges"] = [["a", "q"]] },
            { $0["merges"] = [["a", "b"], ["a", "b"]] }, { $0["merges"] = [["a"]] },
            { $0["merges"] = ["a b c"] }, { $0["merges"] = [7] },
            { change(&$0, "a", to: nil) }, { change(&$0, "a", to: 9999) },
            { change(&$0, "a", to: 2) }, { change(&$0, "a", to: 0.5) },
            { change(&$0, "日本", to: 400) },
        ]
        for changeModel in changes {
            let json = try changed { root in
                var model = root["model"] as! [String: Any]
                changeModel(&model)
                root["model"] = model
            }
            let error = #expect(throws: TokenizerError.self) {
                try BPETokenizer(json: json, name: "changed.json")
            }
            #expect(error?.description.hasPrefix("changed.json: model.") == true)
        }
    }

    @Test func whatIsNotJSONIsRefusedWithItsPlace() {
        let bad = [
            "", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "nul", "01", "1.", "-", "\"\\x\"", "\"a",
            "\"\\ud800\"", "{\"a\":1,\"a\":2}", "1 2", "\"\u{1}\"", "+1", "1e", ".5",
            String(repeating: "[", count: 70),
        ]
        for text in bad {
            let error = #expect(throws: TokenizerError.self, "\(text)") {
                try BPETokenizer(json: Array(text.utf8), name: "bad.json")
            }
            guard case .notJSON("bad.json", 1, _, _)? = error else {
                return #expect(Bool(false), "\(text): \(String(describing: error))")
            }
        }
        #expect(
            throws: TokenizerError.notJSON(
                file: "bad.json", line: 2, column: 8, reason: "found '?', expected a value")
        ) { try BPETokenizer(json: Array("{\n \"é\": ?}".utf8), name: "bad.json") }
    }

    @Test func aFileThatIsNotThereIsRefused() {
        let error = #expect(throws: TokenizerError.self) {
            try BPETokenizer(contentsOf: "/nonexistent/tokenizer.json")
        }
        guard case .unreadable("/nonexistent/tokenizer.json", _)? = error else {
            return #expect(Bool(false))
        }
    }

    private func unsupported(_ key: String, found: String, _ supported: String) -> TokenizerError {
        .unsupported(file: "changed.json", key: key, found: found, supported: supported)
    }

    private func changed(_ change: (inout [String: Any]) throws -> Void) throws -> [UInt8] {
        let data = try Data(contentsOf: URL(filePath: Fixture.crafted.path))
        var root = try JSONSerialization.jsonObject(with: data) as! [String: Any]
        try change(&root)
        return Array(try JSONSerialization.data(withJSONObject: root))
    }

    private func changedAddedToken(
        _ index: Int, _ change: (inout [String: Any]) -> Void
    ) throws -> [UInt8] {
        try changed { root in
            var tokens = root["added_tokens"] as! [[String: Any]]
            change(&tokens[index])
            root["added_tokens"] = tokens
        }
    }
}

/// Changes or removes the id of a token.
private func change(_ model: inout [String: Any], _ token: String, to id: Any?) {
    var vocabulary = model["vocab"] as! [String: Any]
    vocabulary[token] = id
    model["vocab"] = vocabulary
}
