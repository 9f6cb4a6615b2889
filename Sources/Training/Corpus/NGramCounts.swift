internal import Glibc
package import Model

/// The number of positive and of negative texts that contain each n-gram.
package struct NGramCounts: Sendable {
    private struct Count {
        var positive: UInt32 = 0
        var negative: UInt32 = 0
    }

    private let order: Int
    private var counts: [NGram: Count] = [:]
    private var texts = Count()

    /// - Parameter order: the length of the longest n-grams, in tokens.
    package init(order: Int) { self.order = order }

    /// Counts each n-gram of a text once (Wang and Manning 2012, section 2.1: binarised counts).
    package mutating func add(_ text: some Sequence<Int32>, isPositive: Bool) {
        var recent = NGram()
        var found: Set<NGram> = []
        for token in text {
            recent.append(token)
            for count in 1...order {
                if let ngram = recent.suffix(count) { found.insert(ngram) }
            }
        }
        let side = isPositive ? \Count.positive : \Count.negative
        for ngram in found { counts[ngram, default: Count()][keyPath: side] += 1 }
        texts[keyPath: side] += 1
    }

    /// The log-count ratios, smoothed by one text, of at most `limit` n-grams that occur in at
    /// least `minimum` texts: those whose ratio differs from 0 most significantly.
    package func table(minimum: Int, limit: Int) -> SentimentNGrams {
        let enough = counts.filter { $1.positive + $1.negative >= minimum }
        let found = enough.map { ngram, count in
            let ratio = Self.ratio(count, of: texts)
            // The variance of the ratio; the score is the ratio in standard errors.
            let variance = 1 / Double(count.positive + 1) + 1 / Double(count.negative + 1)
            return (ngram: ngram, ratio: ratio, score: abs(ratio) / variance.squareRoot())
        }
        let surest = found.sorted { ($1.score, $0.ngram.packed) < ($0.score, $1.ngram.packed) }
        return SentimentNGrams(
            order: order,
            ratios: Dictionary(
                uniqueKeysWithValues: surest.prefix(limit).map { ($0.ngram, Float($0.ratio)) }))
    }
}

extension NGramCounts {
    /// ln (p(n-gram in a positive text) / p(n-gram in a negative text)).
    private static func ratio(_ count: Count, of texts: Count) -> Double {
        let positive = Double(count.positive + 1) / Double(texts.positive + 2)
        let negative = Double(count.negative + 1) / Double(texts.negative + 2)
        return log(positive / negative)
    }

    /// The intercept that makes a table unbiased: with leave-one-out counts, the expected number of
    /// positive texts equals the actual number. Found by bisection.
    ///
    /// - Parameter isStopped: polled for every text; true ends it with `CorpusError.interrupted`.
    package func intercept(
        of table: SentimentNGrams, texts: [(tokens: ArraySlice<Int32>, isPositive: Bool)],
        isStopped: () -> Bool = { false }
    ) throws(CorpusError) -> Float {
        var judged: [(logit: Double, share: Double)] = []
        for text in texts where !text.tokens.isEmpty {
            if isStopped() { throw Self.interrupted }
            let share = SentimentNGrams.share(ofInterceptAfter: UInt64(text.tokens.count))
            judged.append(
                (logit(ofLeftOut: text.tokens, isPositive: text.isPositive, table), Double(share)))
        }
        let wanted = Double(texts.count { !$0.tokens.isEmpty && $0.isPositive })
        var (low, high) = (-Self.largestIntercept, Self.largestIntercept)
        for _ in 0..<40 {
            let middle = (low + high) / 2
            let found = judged.reduce(0) {
                $0 + 1 / (1 + exp(-($1.logit + middle * $1.share)))
            }
            if found > wanted { high = middle } else { low = middle }
        }
        return Float((low + high) / 2)
    }

    private static let largestIntercept = 10.0

    static let interrupted = CorpusError.interrupted(doing: "counted n-grams")

    /// The log-odds that the table would give a text if that text had not been counted.
    private func logit(
        ofLeftOut text: ArraySlice<Int32>, isPositive: Bool, _ table: SentimentNGrams
    ) -> Double {
        let others = Count(
            positive: texts.positive - (isPositive ? 1 : 0),
            negative: texts.negative - (isPositive ? 0 : 1))
        var (sum, recent) = (0.0, NGram())
        for token in text {
            recent.append(token)
            for count in 1...order {
                guard let ngram = recent.suffix(count), table.ratios[ngram] != nil,
                    var found = counts[ngram]
                else { continue }
                if isPositive { found.positive -= 1 } else { found.negative -= 1 }
                sum += Self.ratio(found, of: others)
            }
        }
        return sum / Double(text.count).squareRoot()
    }
}
