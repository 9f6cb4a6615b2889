import Foundation
import Kernels
import Model

/// Scores texts token by token, as the engine does. Texts of similar length share a batch.
struct CausalSentiment: SentimentScorer {
    let workers: NetworkWorkers

    func probabilities(
        of texts: [TextTokens], after lengths: [[Int]], _ watch: EvaluationWatch
    ) throws(EvaluationError) -> [[Float]] {
        let longestFirst = texts.indices.sorted {
            (texts[$1].ids.count, $0) < (texts[$0].ids.count, $1)
        }
        let size = NetworkWorkers.maxBatch
        let batches = stride(from: 0, to: texts.count, by: size).map {
            Array(longestFirst[$0..<min($0 + size, texts.count)])
        }
        let found = try workers.results(batches.count) {
            (index, runner, states) throws(EvaluationError) in
            let batch = batches[index]
            return try ReadingBatch(
                texts: batch.map { texts[$0] }, lengths: batch.map { lengths[$0] }
            ).probabilities(runner, &states, watch)
        }
        var probabilities: [[Float]] = Array(repeating: [], count: texts.count)
        for (batch, found) in zip(batches, found) {
            for (text, values) in zip(batch, found) { probabilities[text] = values }
        }
        return probabilities
    }
}

/// A batch of texts, one in each slot, which one thread reads.
private struct ReadingBatch {
    let texts: [TextTokens]
    let lengths: [[Int]]

    func probabilities(
        _ runner: NetworkRunner, _ states: inout StateSlab, _ watch: EvaluationWatch
    ) throws(EvaluationError) -> [[Float]] {
        var found: [[Float]] = texts.map { _ in [] }
        var pools = texts.map { _ in SentimentPool() }
        begin(runner, &states)
        var position = 0
        while case let live = live(found), !live.isEmpty {
            if watch.shouldStop() { throw .interrupted }
            runner.advance(
                tokens: live.map { texts[Int($0)].ids[position] }, slots: live, states: &states)
            position += 1
            let logits = logits(live, at: position - 1, runner, states, &pools)
            try score(logits, after: position, runner, into: &found)
            watch.didRead(live.count)
        }
        return found
    }

    /// Resets the streams and reads the start token.
    private func begin(_ runner: NetworkRunner, _ states: inout StateSlab) {
        let slots = texts.indices.map { Int32($0) }
        for slot in slots { states.zero(slot: slot) }
        guard let start = texts.first?.startToken else { return }
        runner.advance(tokens: slots.map { _ in start }, slots: slots, states: &states)
    }

    /// The texts with lengths that have not been reached.
    private func live(_ found: [[Float]]) -> [Int32] {
        texts.indices.filter { found[$0].count < lengths[$0].count }.map { Int32($0) }
    }

    /// The logit of each live text after the latest token.
    private func logits(
        _ live: [Int32], at position: Int, _ runner: NetworkRunner,
        _ states: borrowing StateSlab, _ pools: inout [SentimentPool]
    ) -> [(text: Int, logit: Float)] {
        var readings: [SentimentReading] = []
        runner.readSentiment(slots: live, states: states, into: &readings)
        return zip(live, readings).map { slot, reading in
            pools[Int(slot)].add(reading, token: texts[Int(slot)].ids[position], of: runner.network)
            return (Int(slot), pools[Int(slot)].logit(reading, of: runner.network))
        }
    }

    /// Appends the probabilities of the texts that have reached one of their lengths.
    private func score(
        _ logits: [(text: Int, logit: Float)], after position: Int, _ runner: NetworkRunner,
        into found: inout [[Float]]
    ) throws(EvaluationError) {
        let due = logits.filter { lengths[$0.text][found[$0.text].count] == position }
        var values = due.map(\.logit)
        guard values.allSatisfy(\.isFinite) else { throw .notFinite(token: position - 1) }
        runner.probabilitiesOfPositive(&values)
        for (text, value) in zip(due.map(\.text), values) { found[text].append(value) }
    }
}
