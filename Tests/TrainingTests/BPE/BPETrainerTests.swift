import Testing
import Tokenizer

@testable import Training

@Suite struct BPETrainerTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        var text: String?
        let size: Int
        let special: [String]
        let frequency: Int

        var testDescription: String { name }

        var options: BPEOptions {
            var options = BPEOptions()
            options.vocabularySize = size
            options.specialTokens = special
            options.minFrequency = frequency
            return options
        }

        func trained() throws -> TrainedBPE {
            BPETrainerTests.trained([try Fixtures.bytes("\(text ?? name).txt")], options)
        }
    }

    static let examples = [
        Example(name: "prose", size: 500, special: ["<|end|>"], frequency: 2),
        Example(name: "frequent", size: 2000, special: [], frequency: 25),
        Example(
            name: "letters", size: 700, special: ["<|end|>", "<a \"b\"\\>\n", "｜é｜"],
            frequency: 1),
    ]

    private static func trained(_ texts: [[UInt8]], _ options: BPEOptions) -> TrainedBPE {
        var words = WordCounts()
        for text in texts { words.add(text, cutBy: options.preTokenizer) { _ in } }
        return BPETrainer(words, options).train { _ in }
    }

    @Test(arguments: examples) func writesWhatThePackageTokenizersLearns(_ example: Example) throws
    {
        let json = Array(try example.trained().json.utf8)
        #expect(json == (try Fixtures.bytes("\(example.name).tokenizer.json")))
    }

    @Test(arguments: examples) func whatItWritesCanBeReadAndYieldsTheText(
        _ example: Example
    ) throws {
        let trained = try example.trained()
        let tokenizer = try BPETokenizer(json: Array(trained.json.utf8), name: "trained")
        #expect(tokenizer.vocabulary.count == trained.tokens.count)
        let text = try Fixtures.bytes("prose.txt")
        let tokens = tokenizer.encode(text).map { Array(tokenizer.vocabulary.bytes(of: $0)) }
        #expect(Array(tokens.joined()) == text)
        #expect(tokens == tokenizer.encode(text).map { trained.tokens[Int($0)] })
    }

    /// The result is as if the parts were separate texts.
    @Test func nothingIsLearntOfASpecialTokenNorAcrossIt() throws {
        let text = try Fixtures.bytes("prose.txt")
        let parts = stride(from: 0, to: text.count, by: 7).map {
            // Between scalars, so that the parts stay UTF-8.
            Array(String(decoding: text[$0..<min(text.count, $0 + 7)], as: UTF8.self).utf8)
        }
        var options = BPEOptions()
        options.vocabularySize = 400
        options.specialTokens = ["<|end|>", "<|end|><|end|>", "<|"]
        let cut = Self.trained(parts, options)
        let joined = Self.trained([Array(parts.joined(separator: "<|end|>".utf8))], options)
        #expect(cut.tokens.count == 400)
        #expect(joined.tokens == cut.tokens)
        #expect(joined.merges == cut.merges)
    }

    @Test func whatNoTokenizerCanBeMadeOfIsRefused() throws {
        func refusal(_ change: (inout BPEOptions) -> Void) -> BPEOptionsError? {
            var options = BPEOptions()
            change(&options)
            do {
                try options.validate()
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal { $0.vocabularySize = 257 } == nil)
        #expect(
            refusal { $0.vocabularySize = 256 } == .vocabularySize(found: 256, least: 257))
        #expect(refusal { $0.minFrequency = 0 } == .minFrequency(found: 0))
        #expect(refusal { $0.specialTokens = ["<|é|>", "｜", "a b"] } == .specialToken("<|é|>"))
        #expect(refusal { $0.specialTokens = ["｜", "a b", "ab", "\n"] } == nil)
        for token in ["", "a", "é", "Ġa"] {
            #expect(refusal { $0.specialTokens = [token] } == .specialToken(token))
        }
        #expect(refusal { $0.specialTokens = ["<a>", "<b>", "<a>"] } == .specialToken("<a>"))
    }
}
