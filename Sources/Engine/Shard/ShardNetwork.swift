import Kernels
import Model

/// The network over the streams of one shard: their h and c by slot, and what the heads compute
/// from the latest step.
final class ShardNetwork {
    private let network: Network
    private let hasSentiment: Bool
    private let runner: NetworkRunner
    private var states: StateSlab
    /// Candidates of a prediction.
    private let top: Int

    /// Results of the kernels, by row; kept so that a step allocates little.
    private var logits: [Float] = []
    private var sentiments: [SentimentReading] = []
    private var scores: [Float] = []
    private var positives: [Float] = []
    private var probabilities: [Float] = []

    /// For replay: whether to keep what the first row of each step is read from.
    var keepsInput = false
    private(set) var input: StepInput?

    /// - Throws: `ModelError` if the memory for the states cannot be reserved, `KernelError`.
    init(_ model: Model, options: EngineOptions) throws {
        network = model.network
        hasSentiment = model.config.heads.sentiment
        top = options.top
        states = try StateSlab(layout: model.network.stateLayout, capacity: options.maxStreams)
        runner = NetworkRunner(
            network: model.network, kernels: try Kernels(tier: options.kernelTier),
            maxBatch: options.maxBatch)
    }

    // MARK: States

    /// The slot is a stream's from here on, which has read nothing.
    func use(slot: Int32) {
        states.use(slot: slot)
        states.zero(slot: slot)
    }

    func release(slot: Int32) { states.release(slot: slot) }
    func zero(_ stream: StreamState) { states.zero(slot: stream.slot) }
    func values(of stream: StreamState) -> [Float] { states.values(slot: stream.slot) }

    func setValues(_ values: [Float], of stream: StreamState) {
        states.setValues(values, slot: stream.slot)
    }

    // MARK: Cells

    func advance(_ reading: inout Reading) {
        // A caller that keeps the input reads one token in a step.
        if keepsInput, let row = reading.rows.first, let run = reading.runs.first {
            input = StepInput(token: row.token, values: values(of: run.stream))
        }
        let chunk = TokenChunk(
            slots: reading.runs.map(\.stream.slot), counts: reading.runs.map(\.rows.count),
            tokens: reading.rows.map(\.token))
        runner.advance(chunk, states: &states)
        reading.note(chunk.rows, isFinite: runner.isFinite)
    }

    // MARK: Surprisal

    /// Surprisal needs the log-sum-exp before the token: computed now where no event needed it then.
    func predictBefore(_ reading: Reading) {
        let late = reading.runs.filter {
            reading.rows[$0.rows.lowerBound].isDue && $0.stream.state.hasPrediction
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
            reading.note(
                surprisal: NetworkRunner.surprisal(logit: logit, logSumExp: logSumExp),
                of: run.rows.lowerBound)
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
            reading.note(
                surprisal: NetworkRunner.surprisal(logit: logit, logSumExp: logSumExp), of: row)
        }
    }

    // MARK: Candidates

    /// The vocabulary head on the present state of one stream.
    ///
    /// - Returns: where its prediction is.
    func predict(_ stream: StreamState) -> Int {
        predict([stream], top: top)
        runner.probabilities(into: &probabilities)
        return 0
    }

    private func predict(_ streams: [StreamState], top: Int) {
        runner.predict(slots: streams.map(\.slot), states: states, top: top)
        for (row, stream) in streams.enumerated() {
            stream.note(logSumExp: runner.predictions.logSumExp[row])
        }
    }

    /// The vocabulary head on all rows that an event needs, at once.
    func predictAfter(_ reading: inout Reading) {
        let needed = reading.runs.flatMap { run in
            run.finite.filter { reading.needsPrediction($0, of: run) }
        }
        guard !needed.isEmpty else { return }
        runner.predict(rows: needed.map { reading.chunkRows[$0] }, top: top)
        runner.probabilities(into: &probabilities)
        for (prediction, row) in needed.enumerated() {
            reading.note(prediction: prediction, of: row)
        }
    }

    /// Of the latest predictions; nil if the head did not run on the row.
    func logSumExp(after row: Reading.Row) -> Float? {
        row.prediction.map { runner.predictions.logSumExp[$0] }
    }

    /// Lends the candidates of one of the latest predictions.
    func withCandidates(
        _ prediction: Int, _ body: (_ ids: Span<Int32>, _ probabilities: Span<Float>) -> Void
    ) {
        // Logits that overflow say nothing; a network with bounded h has none.
        let count = runner.predictions.isFinite[prediction] ? top : 0
        let range = prediction * top..<(prediction * top + count)
        let ids = runner.predictions.ids
        let probabilities = probabilities
        body(ids.span.extracting(range), probabilities.span.extracting(range))
    }

    // MARK: Sentiment

    /// Computes scores and probabilities of positive by row. What a message's tokens say adds up.
    func scoreSentiment(_ reading: Reading) {
        guard hasSentiment else { return }
        runner.readSentiment(rows: reading.chunkRows, into: &sentiments)
        logits.removeAll(keepingCapacity: true)
        for run in reading.runs {
            for row in run.rows {
                let isOfMessage = reading.rows[row].byteCount != nil && run.finite.contains(row)
                if isOfMessage {
                    run.stream.pool(
                        sentiments[row], token: reading.rows[row].token, of: network)
                }
                logits.append(run.stream.state.sentimentPool.logit(sentiments[row], of: network))
            }
        }
        scores = logits
        runner.scores(&scores)
        positives = logits
        runner.probabilitiesOfPositive(&positives)
    }

    /// After a row of the latest step; nil for a model without that head.
    func sentiment(after row: Int) -> StreamState.Score? {
        hasSentiment ? .init(score: scores[row], positive: positives[row]) : nil
    }

    /// By the log-odds of positive that a whole message has.
    func sentiment(logit: Float) -> StreamState.Score {
        var (score, positive) = ([logit], [logit])
        runner.scores(&score)
        runner.probabilitiesOfPositive(&positive)
        return .init(score: score[0], positive: positive[0])
    }
}
