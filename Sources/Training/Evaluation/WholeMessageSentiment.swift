import Foundation
package import Kernels
package import Model

/// Scores texts with a bidirectional network, as the engine does. Each requested length is a
/// message of its own.
package struct WholeMessageSentiment: SentimentScorer {
    private let workers: NetworkWorkers

    /// - Throws: `EvaluationError` if the model has no sentiment head or is not bidirectional.
    package init(_ model: Model, kernels: Kernels, threads: Int) throws(EvaluationError) {
        let name = model.folder.path(percentEncoded: false)
        guard model.config.heads.sentiment else { throw .noHead("sentiment", model: name) }
        guard model.config.bidirectional else {
            throw .unsupported(
                "a model that reads token by token does not read whole messages", model: name)
        }
        workers = NetworkWorkers(model.network, kernels: kernels, threads: threads)
    }

    package func probabilities(
        of texts: [TextTokens], after lengths: [[Int]], _ watch: EvaluationWatch
    ) throws(EvaluationError) -> [[Float]] {
        try workers.results(texts.count) { (text) throws(EvaluationError) in
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
