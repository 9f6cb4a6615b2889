import Kernels
import Model

/// Runs the network over the steps of a plan, for one stream.
struct TraceReader: ~Copyable, TokenView {
    private let model: Model
    private let runner: NetworkRunner
    private var states: StateSlab
    /// Candidates after each token; 0 turns both heads off.
    let top: Int
    private(set) var candidateProbabilities: [Float] = []
    private var logSumExp: Float?
    private var score: Float?
    private var sentimentPool = SentimentPool()
    private var isQuarantined = false

    private static let before: Int32 = 0
    private static let now: Int32 = 1

    init(model: Model, kernels: Kernels, top: Int) throws(ModelError) {
        self.model = model
        self.top = model.config.heads.next ? min(top, model.config.vocabularySize) : 0
        runner = NetworkRunner(network: model.network, kernels: kernels, maxBatch: 1)
        states = try StateSlab(layout: model.network.stateLayout, capacity: 2)
        hasHeads = top > 0
    }

    private let hasHeads: Bool

    mutating func read(_ step: TracePlan.Step, into sink: inout some TraceSink) {
        switch step {
        case .mark(let kind, let time): mark(kind, time: time, into: &sink)
        case .leadIn where isQuarantined, .token where isQuarantined: break
        case .leadIn(let id):
            if !advance(id, isOfMessage: false) { mark(.quarantine, time: nil, into: &sink) }
        case .token(var token):
            token.surprisal = surprisal(of: token.id)
            guard advance(token.id, isOfMessage: true) else {
                return mark(.quarantine, time: nil, into: &sink)
            }
            token.score = score
            sink.take(token, self)
        }
    }

    private mutating func mark(
        _ kind: TraceMark.Kind, time: Double?, into sink: inout some TraceSink
    ) {
        switch kind {
        case .messageEnd:
            if !isQuarantined { sink.take(.messageEnd(score: score), time: time) }
            sentimentPool = SentimentPool()
            return
        case .quarantine: isQuarantined = true
        case .reset, .end:
            states.zero(slot: Self.now)
            sentimentPool = SentimentPool()
            (logSumExp, score, isQuarantined) = (nil, nil, false)
        // A plan has no `put`.
        case .put: break
        }
        sink.take(kind, time: time)
    }

    /// Reads one token. False if the state is no longer finite.
    private mutating func advance(_ token: Int32, isOfMessage: Bool) -> Bool {
        states.copy(from: Self.now, to: Self.before)
        runner.advance(tokens: [token], slots: [Self.now], states: &states)
        var areFinite: [Bool] = []
        runner.areFinite(slots: [Self.now], states: states, into: &areFinite)
        guard areFinite == [true] else { return false }
        if hasHeads { runHeads(after: token, isOfMessage: isOfMessage) }
        return true
    }

    private mutating func runHeads(after token: Int32, isOfMessage: Bool) {
        if model.config.heads.sentiment {
            var readings: [SentimentReading] = []
            runner.readSentiment(slots: [Self.now], states: states, into: &readings)
            if isOfMessage {
                sentimentPool.add(readings[0], token: token, of: model.network)
            }
            var scores = [sentimentPool.logit(readings[0], of: model.network)]
            runner.scores(&scores)
            score = scores.first
        }
        guard top > 0 else { return }
        runner.predict(slots: [Self.now], states: states, top: top)
        runner.probabilities(into: &candidateProbabilities)
        logSumExp = runner.predictions.logSumExp.first
    }

    private func surprisal(of token: Int32) -> Float? {
        guard let logSumExp else { return nil }
        var logits: [Float] = []
        runner.tokenLogits(tokens: [token], slots: [Self.now], states: states, into: &logits)
        return NetworkRunner.surprisal(logit: logits[0], logSumExp: logSumExp)
    }

    // MARK: After the latest token

    var stateValues: [Float] { states.values(slot: Self.now) }

    /// -1 for each if the logits are not finite.
    var candidateIDs: [Int32] {
        guard runner.predictions.isFinite.first == true else {
            return Array(repeating: -1, count: top)
        }
        return Array(runner.predictions.ids.prefix(top))
    }

    func gates(layer: Int, token: Int32) -> [[Float]] {
        guard !model.config.cell.gateNames.isEmpty else { return [] }
        return runner.gates(
            layer: layer, token: token, before: Self.before, after: Self.now, states: states)
    }
}
