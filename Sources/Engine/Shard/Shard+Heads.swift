import Kernels
import Model

/// What the heads say of the tokens of a step: surprisal, candidates, sentiment.
extension Shard {
    // MARK: Surprisal

    /// Surprisal needs the log-sum-exp before the token: where nobody asked for it then, now.
    func predictBefore(_ reading: Reading) {
        let late = reading.runs.filter {
            reading.rows[$0.rows.lowerBound].isDue && $0.stream.hasPrediction
                && $0.stream.logSumExp == nil
        }
        guard !late.isEmpty else { return }
        predict(late.map(\.stream), top: 1)
    }

    /// Of the first token of each stream, by the state before the step.
    func readFirstSurprisals(_ reading: inout Reading) {
        let due = reading.runs.filter {
            reading.rows[$0.rows.lowerBound].isDue && $0.stream.logSumExp != nil
        }
        guard !due.isEmpty else { return }
        runner.tokenLogits(
            tokens: due.map { reading.rows[$0.rows.lowerBound].token },
            slots: due.map(\.stream.slot), states: states, into: &logits)
        for (logit, run) in zip(logits, due) {
            guard let logSumExp = run.stream.logSumExp else { continue }
            reading.rows[run.rows.lowerBound].surprisal = NetworkRunner.surprisal(
                logit: logit, logSumExp: logSumExp)
        }
    }

    /// Of the tokens after it, each by the row before.
    func readLaterSurprisals(_ reading: inout Reading) {
        let due = reading.runs.flatMap { run in
            run.finite.dropFirst().filter { reading.rows[$0].isDue }
        }
        guard !due.isEmpty else { return }
        runner.tokenLogits(
            tokens: due.map { reading.rows[$0].token },
            rows: due.map { reading.chunkRows[$0 - 1] }, into: &logits)
        for (logit, row) in zip(logits, due) {
            guard let logSumExp = logSumExp(after: reading.rows[row - 1]) else { continue }
            reading.rows[row].surprisal = NetworkRunner.surprisal(
                logit: logit, logSumExp: logSumExp)
        }
    }

    // MARK: Candidates

    /// The vocabulary head on the present states of streams.
    func predict(_ streams: [StreamState], top: Int) {
        runner.predict(slots: streams.map(\.slot), states: states, top: top)
        for (row, stream) in streams.enumerated() {
            stream.logSumExp = runner.predictions.logSumExp[row]
        }
    }

    /// The vocabulary head on all rows that somebody listens to, at once.
    func predictAfter(_ reading: inout Reading) {
        let heard = reading.runs.flatMap { run in
            run.finite.filter { reading.isHeard($0, of: run) }
        }
        guard !heard.isEmpty else { return }
        runner.predict(rows: heard.map { reading.chunkRows[$0] }, top: options.top)
        runner.probabilities(into: &probabilities)
        for (prediction, row) in heard.enumerated() { reading.rows[row].prediction = prediction }
    }

    /// Of the latest predictions; nil if the head did not run on the row.
    func logSumExp(after row: Reading.Row) -> Float? {
        row.prediction.map { runner.predictions.logSumExp[$0] }
    }

    // MARK: Sentiment

    /// Leaves scores and probabilities of positive by row. What a message's tokens say adds up.
    func scoreSentiment(_ reading: Reading) {
        guard model.config.heads.sentiment else { return }
        runner.readSentiment(rows: reading.chunkRows, into: &sentiments)
        logits.removeAll(keepingCapacity: true)
        for run in reading.runs {
            for row in run.rows {
                let isOfMessage = reading.rows[row].byteCount != nil && run.finite.contains(row)
                if isOfMessage {
                    run.stream.sentimentPool.add(
                        sentiments[row], token: reading.rows[row].token, of: model.network)
                }
                logits.append(
                    run.stream.sentimentPool.logit(sentiments[row], of: model.network))
            }
        }
        scores = logits
        runner.scores(&scores)
        positives = logits
        runner.probabilitiesOfPositive(&positives)
    }

    func score(_ row: Int, of stream: StreamState) {
        guard model.config.heads.sentiment else { return }
        stream.sentiment = .init(score: scores[row], positive: positives[row])
    }
}
