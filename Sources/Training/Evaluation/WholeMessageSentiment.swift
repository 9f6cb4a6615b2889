import Kernels
import Model

/// Scores texts with a bidirectional network, as the engine does. Each requested length is a
/// message of its own.
struct WholeMessageSentiment: SentimentScorer {
    let workers: NetworkWorkers

    func probabilities(
        of texts: [TextTokens], after lengths: [[Int]], _ watch: EvaluationWatch
    ) throws(EvaluationError) -> [[Float]] {
        try workers.pool.results(texts.count) { (text) throws(EvaluationError) in
            let logits = try logits(of: texts[text], after: lengths[text], watch)
            var probabilities = logits
            workers.kernels.sigmoid(&probabilities)
            return probabilities
        }
    }

    private func logits(
        of text: TextTokens, after lengths: [Int], _ watch: EvaluationWatch
    ) throws(EvaluationError) -> [Float] {
        let runner = try runner()
        let start = text.startToken.map { [$0] } ?? []
        var waiting = lengths[...]
        var messages: [WholeMessage] = []
        while !waiting.isEmpty || !runner.isIdle {
            if watch.shouldStop() { throw .interrupted }
            while let length = waiting.first,
                let message = runner.begin(
                    start + text.ids.prefix(min(length, WholeMessage.maxTokens)))
            {
                messages.append(message)
                waiting.removeFirst()
            }
            // Progress counts each text once, not each of its beginnings.
            for message in runner.advance() where message === messages.last && waiting.isEmpty {
                watch.didRead(lengths.last ?? 0)
            }
        }
        return try zip(messages, lengths).map { (message, length) throws(EvaluationError) in
            guard let logit = message.logit else { throw .notFinite(token: length - 1) }
            return logit
        }
    }

    private func runner() throws(EvaluationError) -> MessageRunner {
        do {
            return try MessageRunner(network: workers.network, kernels: workers.kernels)
        } catch {
            throw .outOfMemory(error)
        }
    }
}
