import DequeModule
import Kernels
import Model
import Tokenizer
import Wire

/// One step: the next tokens of every ready stream, from the line of work to events.
extension Shard {
    /// Advances streams by a token each, or by several while few streams are ready, up to the batch
    /// limit, each in its turn. False if there was nothing to do.
    @discardableResult
    package func step() -> Bool {
        guard !isIdle else { return false }
        if let messages { return step(messages) }
        let batch = nextBatch()
        guard !batch.isEmpty else { return true }
        var reading = takeTokens(batch)
        network.predictBefore(reading)
        network.readFirstSurprisals(&reading)
        network.advance(&reading)
        network.scoreSentiment(reading)
        network.predictAfter(&reading)
        network.readLaterSurprisals(&reading)
        finish(reading)
        statistics.countStep(
            tokens: reading.tokenCount, rows: reading.runs.reduce(0) { $0 + $1.readCount },
            streams: batch.count)
        for stream in batch { enqueueAgain(stream) }
        return true
    }

    /// The next streams in line that come to a token.
    func nextBatch() -> [StreamState] {
        var batch: [StreamState] = []
        batch.reserveCapacity(options.maxBatch)
        var visits = scheduler.count
        while batch.count < options.maxBatch, visits > 0, let stream = scheduler.next() {
            visits -= 1
            if refill(stream) { batch.append(stream) }
        }
        return batch
    }

    // MARK: Tokens

    /// A message's end, or an input's, ends a stream's part: what follows from it comes first.
    func takeTokens(_ batch: [StreamState]) -> Reading {
        let most = Scheduler.tokensEach(ready: batch.count, maxBatch: options.maxBatch)
        var reading = Reading()
        for stream in batch {
            refreshWanted(stream)
            let start = reading.rows.count
            var lifeTokens = stream.lifeTokens
            // What was cut off there when it was first read is not read.
            let end = stream.work?.ending.map(\.tokens) ?? .max
            while reading.rows.count - start < most,
                lifeTokens < end || reading.rows.count == start,
                let row = takeToken(stream, afterTokens: lifeTokens)
            {
                reading.rows.append(row)
                if row.byteCount != nil { lifeTokens += 1 }
            }
            let rows = start..<reading.rows.count
            precondition(!rows.isEmpty, "a stream in a batch begins with a token")
            reading.append(
                .init(
                    stream: stream, rows: rows,
                    isNextDue: outbox.wantsNext(stream, afterTokens: lifeTokens), finite: rows))
        }
        return reading
    }

    private func takeToken(_ stream: StreamState, afterTokens tokens: UInt64) -> Reading.Row? {
        switch stream.work?.takeToken() {
        case .leadIn(let id): .init(token: id, byteCount: nil, isDue: false)
        case .token(let token):
            .init(
                token: token.id, byteCount: token.byteCount,
                isDue: outbox.wantsNext(stream, afterTokens: tokens))
        case .messageEnd, .finished, nil: nil
        }
    }

    // MARK: After the network

    /// Token by token what follows from each, as if each had had a step of its own.
    private func finish(_ reading: Reading) {
        for run in reading.runs {
            for row in run.finite {
                if let score = network.sentiment(after: row) { run.stream.sentiment = score }
                count(reading.rows[row], of: run.stream)
                publish(reading.rows[row], of: run.stream)
            }
            run.stream.hasPrediction = true
            run.stream.logSumExp =
                run.isStopped
                ? nil : network.logSumExp(after: reading.rows[run.rows.upperBound - 1])
            if run.isStopped { quarantine(run.stream) }
        }
    }

    /// From here on the counters include the token.
    func count(_ row: Reading.Row, of stream: StreamState) {
        guard let byteCount = row.byteCount else { return }
        let end = stream.offset + UInt64(byteCount)
        stream.lastToken = .init(id: row.token, offset: stream.offset..<end)
        stream.offset = end
        stream.tokens += 1
        stream.lifeTokens += 1
    }

    /// A state that is not finite is no other stream's concern.
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
        stream.sentimentPool = SentimentPool()
        // One NaN is as good as another, but not the same bits.
        network.zero(stream)
        dropTokens(stream)
    }

    /// What was tokenised is given up, and with it the text that it was part of.
    func dropTokens(_ stream: StreamState) {
        guard let work = stream.work else { return }
        var receipts = work.steps.compactMap { step in
            if case .finished(let receipt) = step { receipt } else { nil }
        }
        work.steps.removeAll()
        if work.position > 0, let item = work.popFirst() { receipts.append(.init(item)) }
        work.position = 0
        for receipt in receipts { conclude(receipt, stream) }
    }
}
