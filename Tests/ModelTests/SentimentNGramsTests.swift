import Foundation
import Model
import TestSupport
import Testing

@Suite struct NGramTests {
    @Test func keepsTheLatestTokens() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            let tokens = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? Int32.random(in: 0...2, using: &random)
                    : Int32.random(in: 0...(1 << 20), using: &random)
            }
            let ngram = NGram(tokens)
            #expect(ngram.tokens == tokens.suffix(NGram.longest))
            #expect(NGram(packed: ngram.packed) == ngram)
            for count in 1...NGram.longest {
                #expect(
                    ngram.suffix(count)?.tokens
                        == (count <= tokens.count ? Array(tokens.suffix(count)) : nil))
                let isTooMany = min(tokens.count, NGram.longest) > count
                #expect((NGram(packed: ngram.packed, count: count) == nil) == isTooMany)
            }
        }
    }

    @Test func whatNoTokensPackIsRefused() {
        let field: UInt64 = 1 << 21
        for packed in [field, field * field, field * field + 1, 1 << 63, .max] {
            #expect(NGram(packed: packed) == nil, "\(packed)")
        }
    }
}

@Suite struct SentimentNGramsTests {
    private static func random(order: Int, seed: UInt64) -> SentimentNGrams {
        var random = SeededRandom(seed: seed)
        var ratios: [NGram: Float] = [:]
        for _ in 0..<40 {
            let tokens = (0..<Int.random(in: 1...order, using: &random)).map { _ in
                Int32.random(in: 0..<5, using: &random)
            }
            ratios[NGram(tokens)] = Float.random(in: -3...3, using: &random)
        }
        return SentimentNGrams(order: order, ratios: ratios, intercept: -0.75)
    }

    private static func decode(
        _ text: String, order: Int = 3
    ) throws(ModelError) -> SentimentNGrams {
        try SentimentNGrams(
            decoding: Array(text.utf8), file: "folder/ngrams.tsv", order: order, vocabularySize: 9)
    }

    @Test(arguments: 1...3) func aSumIsOverAllNGramsSoFar(order: Int) {
        var random = SeededRandom(seed: 5)
        let table = Self.random(order: order, seed: UInt64(order))
        var sum = NGramSum()
        var tokens: [Int32] = []
        #expect(table.logit(sum) == 0)
        for _ in 0..<300 {
            tokens.append(Int32.random(in: 0..<5, using: &random))
            sum.add(tokens[tokens.count - 1], table)
            var expected = 0.0
            for size in 1...order where size <= tokens.count {
                for first in 0...tokens.count - size {
                    expected += Double(table.ratios[NGram(tokens[first..<first + size])] ?? 0)
                }
            }
            #expect(abs(Double(sum.evidence) - expected) < 1e-3)
            let count = Double(tokens.count)
            let logit = expected / count.squareRoot() - 0.75 * count / (count + 10)
            #expect(abs(Double(table.logit(sum)) - logit) < 1e-4)
            #expect(sum.recent.tokens == tokens.suffix(2))
        }
    }

    @Test(arguments: 1...3) func whatIsWrittenIsRead(order: Int) throws {
        let table = Self.random(order: order, seed: 7)
        #expect(try Self.decode(table.file, order: order) == table)
        #expect(try Self.decode("log_count_ratio\ttokens\n", order: order).intercept == 0)
        let empty = SentimentNGrams(order: order, ratios: [:])
        #expect(try Self.decode(empty.file, order: order) == empty)
    }

    @Test(arguments: [
        ("", "line 1: found another header; expected log_count_ratio and tokens"),
        ("x\ty\n", "line 1: found another header; expected log_count_ratio and tokens"),
        ("log_count_ratio\ttokens\n1\t2", "line 2: found its end; expected a newline"),
        ("log_count_ratio\ttokens\n1 2\n", "line 2: found \"1 2\"; expected a number from"),
        ("log_count_ratio\ttokens\nnan\t2\n", "line 2: found \"nan\u{FFFD}2\""),
        ("log_count_ratio\ttokens\n100.1\t2\n", "line 2: found \"100.1\u{FFFD}2\""),
        ("log_count_ratio\ttokens\n1\t \n", "line 2: found \"1\u{FFFD} \""),
        ("log_count_ratio\ttokens\n1\t9\n", "tokens from 0 to 8"),
        ("log_count_ratio\ttokens\n1\t-1\n", "line 2: found \"1\u{FFFD}-1\""),
        ("log_count_ratio\ttokens\n1\t1 2 3\n", "0 to 2 tokens"),
        ("log_count_ratio\ttokens\n1\t1  2\n", "line 2: found \"1\u{FFFD}1  2\""),
        (
            "log_count_ratio\ttokens\n1\t1 2\n2\t1 2\n",
            "line 3: found \"2\u{FFFD}1 2\"; expected each"
        ),
    ])
    func refuses(text: String, message: String) {
        let error = #expect(throws: ModelError.self) { try Self.decode(text, order: 2) }
        #expect(error?.code == .malformed)
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("folder/ngrams.tsv: ") == true)
    }

    @Test func aModelFolderHasThem() throws {
        let folder = try TemporaryFolder()
        for name in ["config.json", "model.safetensors", "ngrams.tsv"] {
            let bytes = try Data(contentsOf: Fixture.url("counted").appending(path: name))
            try folder.write(bytes, to: name)
        }
        let model = try Model.load(from: folder.url)
        let (expected, table) = (
            try Fixture("counted", config: model.config), try #require(model.network.ngrams)
        )
        #expect(model.fingerprint.hex == expected.tokens.fingerprint)
        var ratios = table.ratios
        let changed = try #require(ratios.keys.min { $0.packed < $1.packed })
        ratios[changed]? += 1
        try folder.write(SentimentNGrams(order: 3, ratios: ratios).file.utf8, to: "ngrams.tsv")
        #expect(try Model.load(from: folder.url).fingerprint != model.fingerprint)
        try FileManager.default.removeItem(at: folder.url.appending(path: "ngrams.tsv"))
        let error = #expect(throws: ModelError.self) { try Model.load(from: folder.url) }
        #expect(error?.code == .unreadable)
        #expect(error?.file.hasSuffix("ngrams.tsv") == true)
    }
}
