internal import Foundation
package import Kernels
package import Model

/// Measures how well a scorer separates positive from negative texts.
package struct SentimentEvaluation: Sendable {
    private let scorer: any SentimentScorer

    /// - Throws: `EvaluationError` for a model without a sentiment head.
    package init(_ model: Model, kernels: Kernels, threads: Int) throws(EvaluationError) {
        guard Self.canMeasure(model.config) else {
            throw .noHead("sentiment", model: model.folder.path(percentEncoded: false))
        }
        scorer = Self.scorer(of: model, kernels: kernels, threads: threads)
    }

    package static func canMeasure(_ config: ModelConfig) -> Bool { config.heads.sentiment }

    static func scorer(of model: Model, kernels: Kernels, threads: Int) -> any SentimentScorer {
        let workers = NetworkWorkers(model.network, kernels: kernels, threads: threads)
        return model.config.bidirectional
            ? WholeMessageSentiment(workers: workers) : CausalSentiment(workers: workers)
    }

    /// - Parameters:
    ///   - texts: at least one. Texts without tokens have probability 0.5 and count as negative.
    ///   - labels: whether each is positive.
    package func measure(
        _ texts: [TextTokens], labels: [Bool], _ watch: EvaluationWatch = EvaluationWatch()
    ) throws(EvaluationError) -> SentimentMeasure {
        guard texts.contains(where: { !$0.ids.isEmpty }) else { throw .noTokens }
        let counts = texts.map(\.ids.count)
        let steps = Self.steps(upTo: counts.max() ?? 1)
        let lengths = counts.map { Self.lengths(of: $0, steps) }
        let found = try scorer.probabilities(of: texts, after: lengths, watch)
        func outcomes(_ length: (Int) -> Int) -> [SentimentOutcome] {
            texts.indices.map { text in
                let place = lengths[text].firstIndex(of: length(counts[text]))
                return SentimentOutcome(
                    probability: place.map { found[text][$0] } ?? 0.5, isPositive: labels[text])
            }
        }
        func prefix(_ length: (Int) -> Int) -> SentimentMeasure.Prefix {
            .init(
                accuracy: Confusion(outcomes(length)).accuracy,
                longerCount: counts.count { $0 > length($0) })
        }
        let whole = outcomes { $0 }
        return SentimentMeasure(
            confusion: Confusion(whole), calibration: Calibration(whole),
            byQuarters: (1...4).map { quarter in prefix { Self.length($0, quarters: quarter) } },
            byTokens: steps.map { step in (step, prefix { min($0, step) }) },
            tokens: counts.reduce(0, +), bytes: texts.reduce(0) { $0 + $1.byteCount })
    }

    /// Powers of 2 up to the first that is at least `longest`.
    private static func steps(upTo longest: Int) -> [Int] {
        var steps = [1]
        while let last = steps.last, last < longest { steps.append(last * 2) }
        return steps
    }

    /// All lengths at which a text of `count` tokens is scored, ascending and distinct.
    private static func lengths(of count: Int, _ steps: [Int]) -> [Int] {
        guard count > 0 else { return [] }
        let quarters = (1...4).map { length(count, quarters: $0) }
        return Set(quarters + steps.map { min($0, count) }).sorted()
    }

    /// Rounded up, so at least one token if there are any.
    private static func length(_ count: Int, quarters: Int) -> Int {
        (count * quarters + 3) / 4
    }
}
