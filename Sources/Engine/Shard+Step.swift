import DequeModule
import Kernels
import Model
import Tokenizer
import Wire

/// What a stream's step was made from.
package struct StepInput: Sendable {
    package let token: Int32
    /// h0, c0, h1, c1, … before it.
    package let values: [Float]
}

/// From tokens to events: one token of every ready stream.
extension Shard {
    /// One row of a step.
    private struct Row {
        let stream: StreamState
        let token: Int32
        /// Nil for a lead-in token, which no event is about.
        let byteCount: Int?
        var isDue = false
        var surprisal: Float?
    }

    /// Advances streams by one token, up to the batch limit, each in its turn. False if there was
    /// nothing to do.
    @discardableResult
    package func step() -> Bool {
        guard !scheduler.isIdle else { return false }
        let batch = nextBatch()
        guard !batch.isEmpty else { return true }
        var rows = batch.map(takeToken)
        predictBefore(rows)
        readSurprisals(&rows)
        advance(rows)
        quarantineNonFinite(&rows)
        scoreSentiment(rows)
        count(rows)
        predictAfter(rows)
        statistics.countStep(tokens: batch.count)
        for stream in batch { enqueueAgain(stream) }
        return true
    }

    /// The next streams in line that come to a token.
    private func nextBatch() -> [StreamState] {
        var batch: [StreamState] = []
        batch.reserveCapacity(options.maxBatch)
        var visits = scheduler.count
        while batch.count < options.maxBatch, visits > 0, let stream = scheduler.next() {
            visits -= 1
            if refill(stream) { batch.append(stream) }
        }
        return batch
    }

    private func takeToken(_ stream: StreamState) -> Row {
        refreshWanted(stream)
        switch stream.work?.steps.popFirst() {
        case .leadIn(let id): return Row(stream: stream, token: id, byteCount: nil)
        case .token(let token):
            return Row(
                stream: stream, token: token.id, byteCount: token.byteCount,
                isDue: outbox.wantsNext(stream, afterTokens: stream.lifeTokens))
        case .messageEnd, .finished, nil:
            preconditionFailure("a stream in a batch begins with a token")
        }
    }

    // MARK: Surprisal

    /// Surprisal needs the log-sum-exp before the token: where nobody asked for it then, now.
    private func predictBefore(_ rows: [Row]) {
        let late = rows.filter {
            $0.isDue && $0.stream.hasPrediction && $0.stream.logSumExp == nil
        }
        guard !late.isEmpty else { return }
        predict(late.map(\.stream), top: 1)
    }

    private func predict(_ streams: [StreamState], top: Int) {
        runner.predict(slots: streams.map(\.slot), states: states, top: top)
        for (row, stream) in streams.enumerated() {
            stream.logSumExp = runner.predictions.logSumExp[row]
        }
    }

    private func readSurprisals(_ rows: inout [Row]) {
        let due = rows.indices.filter { rows[$0].isDue && rows[$0].stream.logSumExp != nil }
        guard !due.isEmpty else { return }
        runner.tokenLogits(
            tokens: due.map { rows[$0].token }, slots: due.map { rows[$0].stream.slot },
            states: states, into: &logits)
        for (logit, row) in zip(logits, due) {
            guard let logSumExp = rows[row].stream.logSumExp else { continue }
            rows[row].surprisal = NetworkRunner.surprisal(logit: logit, logSumExp: logSumExp)
        }
    }

    // MARK: Cells

    private func advance(_ rows: [Row]) {
        if keepsInput, let row = rows.first {
            input = StepInput(token: row.token, values: states.values(slot: row.stream.slot))
        }
        runner.advance(
            tokens: rows.map(\.token), slots: rows.map(\.stream.slot), states: &states)
        for row in rows {
            row.stream.hasPrediction = true
            row.stream.logSumExp = nil
        }
    }

    /// A state that is not finite leaves the step; no other stream sees it.
    private func quarantineNonFinite(_ rows: inout [Row]) {
        runner.areFinite(slots: rows.map(\.stream.slot), states: states, into: &areFinite)
        for row in rows.indices.reversed() where !areFinite[row] {
            quarantine(rows.remove(at: row).stream)
        }
    }

    private func quarantine(_ stream: StreamState) {
        stream.isQuarantined = true
        refuse(
            stream,
            Refusal(
                .nonFiniteState,
                "the state is not finite after token \(stream.tokens); the stream is quarantined "
                    + "until reset or end"))
        stream.tokenizer = IncrementalTokenizer(encoder)
        stream.messageStart = nil
        // One NaN is as good as another, but not the same bits.
        states.zero(slot: stream.slot)
        dropTokens(stream)
    }

    /// What was tokenised is given up, and with it the text that it was part of.
    private func dropTokens(_ stream: StreamState) {
        guard let work = stream.work else { return }
        var receipts = work.steps.compactMap { step in
            if case .finished(let receipt) = step { receipt } else { nil }
        }
        work.steps.removeAll()
        if work.position > 0, let item = work.items.popFirst() { receipts.append(.init(item)) }
        work.position = 0
        for receipt in receipts { conclude(receipt, stream) }
    }

    // MARK: Heads and events

    private func scoreSentiment(_ rows: [Row]) {
        guard model.config.heads.sentiment, !rows.isEmpty else { return }
        runner.sentimentLogits(slots: rows.map(\.stream.slot), states: states, into: &logits)
        scores = logits
        runner.scores(&scores)
        runner.probabilitiesOfPositive(&logits)
        for (index, row) in rows.enumerated() {
            row.stream.sentiment = .init(score: scores[index], positive: logits[index])
        }
    }

    /// From here on the counters include the token.
    private func count(_ rows: [Row]) {
        for row in rows {
            guard let byteCount = row.byteCount else { continue }
            let stream = row.stream
            let end = stream.offset + UInt64(byteCount)
            stream.lastToken = .init(id: row.token, offset: stream.offset..<end)
            stream.offset = end
            stream.tokens += 1
            stream.lifeTokens += 1
        }
    }

    /// The vocabulary head runs where an event is due, or will be at the coming token.
    private func predictAfter(_ rows: [Row]) {
        let heard = rows.filter {
            $0.isDue || outbox.wantsNext($0.stream, afterTokens: $0.stream.lifeTokens)
        }
        if !heard.isEmpty {
            predict(heard.map(\.stream), top: options.top)
            runner.probabilities(into: &probabilities)
        }
        var prediction = 0
        for row in rows {
            let isHeard = prediction < heard.count && heard[prediction].stream === row.stream
            publish(row, prediction: isHeard ? prediction : nil)
            if isHeard { prediction += 1 }
        }
    }

    private func publish(_ row: Row, prediction: Int?) {
        guard row.byteCount != nil, let token = row.stream.lastToken else { return }
        if row.isDue, let prediction {
            publishNext(row.stream, token, row.surprisal, prediction, atMessageEnd: false)
        }
        publishSentiment(row.stream, .token, offset: token.offset)
    }

    private func publishNext(
        _ stream: StreamState, _ token: StreamState.ReadToken, _ surprisal: Float?,
        _ prediction: Int, atMessageEnd: Bool
    ) {
        // Logits that overflow say nothing; a network with bounded h has none.
        let count = runner.predictions.isFinite[prediction] ? options.top : 0
        let top = prediction * options.top..<(prediction * options.top + count)
        let ids = runner.predictions.ids
        let probabilities = probabilities
        outbox.next(
            stream, token, surprisal: surprisal, topIDs: ids.span.extracting(top),
            topProbabilities: probabilities.span.extracting(top), atMessageEnd: atMessageEnd)
    }

    private func publishSentiment(
        _ stream: StreamState, _ scope: Sentiment.Scope, offset: Range<UInt64>
    ) {
        guard let sentiment = stream.sentiment else { return }
        let message = scope == .message ? stream.messages - 1 : stream.messages
        outbox.sentiment(
            stream,
            Sentiment(
                scope: scope, score: sentiment.score, positive: sentiment.positive,
                message: message),
            offset: offset)
    }

    func publishMessageEnd(_ stream: StreamState, offset: Range<UInt64>) {
        publishSentiment(stream, .message, offset: offset)
        guard let token = stream.lastToken, outbox.wantsNextAtMessageEnd(stream) else { return }
        predict([stream], top: options.top)
        runner.probabilities(into: &probabilities)
        publishNext(stream, token, nil, 0, atMessageEnd: true)
    }
}
