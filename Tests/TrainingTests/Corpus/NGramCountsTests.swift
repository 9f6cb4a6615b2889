import Foundation
import Model
import Randomness
import Testing

@testable import Training

@Suite struct NGramCountsTests {
    private static let texts: [(tokens: [Int32], isPositive: Bool)] = {
        var random = SeededRandom(seed: 1, purpose: "texts")
        return (0..<60).map { _ in
            let isPositive = Bool.random(using: &random)
            let tokens = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Int32.random(in: 0..<(isPositive ? 4 : 6), using: &random)
            }
            return (tokens, isPositive)
        }
    }()

    private static func counts(order: Int) -> NGramCounts {
        var counts = NGramCounts(order: order)
        for text in texts { counts.add(text.tokens, isPositive: text.isPositive) }
        return counts
    }

    /// The number of texts of one class that contain an n-gram.
    private static func count(_ ngram: NGram, isPositive: Bool) -> Int {
        let wanted = ngram.tokens
        return texts.count { text in
            text.isPositive == isPositive && text.tokens.count >= wanted.count
                && (0...text.tokens.count - wanted.count).contains {
                    Array(text.tokens[$0..<$0 + wanted.count]) == wanted
                }
        }
    }

    @Test(arguments: 1...3) func ratiosAreThoseOfTextsThatHaveThem(order: Int) {
        let table = Self.counts(order: order).table(minimum: 3, limit: .max)
        let positives = Self.texts.count(where: \.isPositive)
        let negatives = Self.texts.count - positives
        #expect(Set(table.ratios.keys.map(\.tokens.count)) == Set(1...order))
        for (ngram, ratio) in table.ratios {
            let positive = Self.count(ngram, isPositive: true)
            let negative = Self.count(ngram, isPositive: false)
            #expect(positive + negative >= 3)
            let expected = log(
                Double(positive + 1) / Double(positives + 2) / Double(negative + 1)
                    * Double(negatives + 2))
            #expect(abs(Double(ratio) - expected) < 1e-6)
        }
        // None is missing.
        for text in Self.texts {
            for size in 1...order where size <= text.tokens.count {
                for first in 0...text.tokens.count - size {
                    let ngram = NGram(text.tokens[first..<first + size])
                    let count = [true, false].map { Self.count(ngram, isPositive: $0) }
                    #expect((table.ratios[ngram] != nil) == (count[0] + count[1] >= 3))
                }
            }
        }
    }

    /// N-grams with the smallest |ratio| / standard error are dropped first.
    @Test func theSurestAreKept() {
        let counts = Self.counts(order: 2)
        let all = counts.table(minimum: 1, limit: .max).ratios
        func score(_ ngram: NGram, _ ratio: Float) -> Double {
            let count = [true, false].map { Double(Self.count(ngram, isPositive: $0) + 1) }
            return abs(Double(ratio)) / (1 / count[0] + 1 / count[1]).squareRoot()
        }
        for limit in [1, 5, 20, all.count - 1] {
            let kept = counts.table(minimum: 1, limit: limit).ratios
            #expect(kept.count == limit)
            let least = kept.map { score($0, $1) }.min() ?? 0
            for (ngram, ratio) in all where kept[ngram] == nil {
                #expect(score(ngram, ratio) <= least + 1e-6)
            }
        }
    }

    /// Compared with counts that are recomputed without each text.
    @Test(arguments: 1...3) func anInterceptMakesTextsLeftOutRightOnTheAverage(
        order: Int
    ) throws {
        let texts = Self.texts.map { (tokens: $0.tokens[...], isPositive: $0.isPositive) }
        let counts = Self.counts(order: order)
        let table = counts.table(minimum: 2, limit: 50)
        let intercept = Double(try counts.intercept(of: table, texts: texts))
        var sum = 0.0
        for left in texts.indices where !texts[left].tokens.isEmpty {
            var others = NGramCounts(order: order)
            for (index, text) in texts.enumerated() where index != left {
                others.add(text.tokens, isPositive: text.isPositive)
            }
            let ratios = others.table(minimum: 0, limit: .max).ratios
                .filter { table.ratios[$0.key] != nil }
            var read = NGramSum()
            for token in texts[left].tokens {
                read.add(token, SentimentNGrams(order: order, ratios: ratios))
            }
            let count = Double(read.count)
            let logit = Double(read.evidence) / count.squareRoot()
            sum += 1 / (1 + exp(-(logit + intercept * count / (count + 10))))
        }
        let positives = texts.count { !$0.tokens.isEmpty && $0.isPositive }
        #expect(abs(sum - Double(positives)) < 0.01)
        #expect(abs(intercept) > 0.01 && abs(intercept) < 9)
    }
}
