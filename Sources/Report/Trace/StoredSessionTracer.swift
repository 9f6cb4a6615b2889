import Engine
package import Kernels
import Model
package import Replay
import Storage
import Tokenizer
import Wire

/// Traces a stored session by replaying it, up to the first change of the model.
///
/// Tokens, surprisal, candidates and sentiment are taken from the published events. The session is
/// replayed twice: the first time finds its length and the most active units.
package struct StoredSessionTracer {
    package var top = 5
    package var units = UnitChoice.standard
    package var maxTokens = ReportWriter.maxTokens
    /// Layers whose units are kept; nil for all.
    package var layers: Set<Int>?
    package var start = SessionPlace.start
    package var end = SessionPlace.end
    private let session: Session
    private let tier: KernelTier

    /// Called at intervals with the number of tokens replayed; throws to stop.
    package typealias Progress = (_ tokens: Int, _ total: Int?) throws -> Void

    /// A larger page fails to load in browsers.
    package static let maxBytes = 512 << 20

    package init(_ session: Session, tier: KernelTier = .best) {
        self.session = session
        self.tier = tier
    }

    /// - Throws: `ReportError`, `ModelError` if the model does not read token by token, and the
    ///   errors of `Session.player`.
    package func trace(progress: Progress = { _, _ in }) throws -> SessionTrace {
        let end = try session.resolved(end)
        let survey = try survey(until: end, progress)
        let player = try player()
        let model = survey.model
        var trace = SessionTrace(stream: session.stream.text, model: TracedModel(model))
        trace.layers = survey.units.map {
            LayerTrace(units: $0, vectors: trace.model.vectors.count)
        }
        try Self.check(trace, tokens: survey.tokens)
        var recorder = TraceRecorder(trace, tokens: survey.tokens, model: model)
        var view = try StoredTokenView(
            model, kernels: Kernels(tier: tier), top: top, layers: survey.units.map { !$0.isEmpty })
        player.keepsInput = true
        var reader = StoredTokenReader(model, messages: player.progress.messages)
        try play(player, until: end) { step in
            // The daemon may have appended requests since the survey.
            guard !step.hasReadToken || recorder.tokenCount < survey.tokens else { return false }
            reader.read(step, player, &view, into: &recorder)
            if step.hasReadToken { try progress(recorder.tokenCount, survey.tokens) }
            return true
        }
        return recorder.finish()
    }

    private func player() throws -> SessionPlayer {
        var options = EngineOptions()
        options.kernelTier = tier
        return try session.player(
            at: start, listening: .audience(.everything(top: top)), options: options)
    }

    /// Replays until the end, another model, or until `body` returns false.
    private func play(
        _ player: SessionPlayer, until end: SessionPlace,
        _ body: (PlayedStep) throws -> Bool
    ) throws {
        // The next request may change the model.
        var fingerprint: Fingerprint?
        while !end.isReached(by: player.progress), let step = try player.step() {
            if fingerprint == nil { fingerprint = player.model.fingerprint }
            guard player.model.fingerprint == fingerprint, try body(step) else { return }
        }
    }

    // MARK: How much there is

    private struct Survey {
        /// The model that reads from the start.
        var model: Model
        var tokens = 0
        var activity: UnitSurvey
        /// Of each layer.
        var units: [[Int]] = []

        init(_ model: Model) throws(ModelError) {
            try model.requireTokenStates()
            self.model = model
            activity = UnitSurvey(layout: model.network.stateLayout)
        }
    }

    private func survey(until end: SessionPlace, _ progress: Progress) throws -> Survey {
        let player = try player()
        player.isSilent = true
        var found: Survey?
        try play(player, until: end) { step in
            var survey = try found ?? Survey(player.model)
            found = nil
            defer { found = survey }
            guard step.hasReadToken else { return true }
            guard survey.tokens < maxTokens else {
                throw ReportError.moreTokens(limit: maxTokens)
            }
            survey.tokens += 1
            survey.activity.add(player.values)
            try progress(survey.tokens, nil)
            return true
        }
        guard var survey = found, survey.tokens > 0 else {
            throw ReportError.noTokens(stream: session.stream.text)
        }
        survey.units = try chosenUnits(survey)
        return survey
    }

    /// Of each layer.
    private func chosenUnits(_ survey: Survey) throws(ReportError) -> [[Int]] {
        let config = survey.model.config
        let wanted = layers ?? Set(0..<config.layers)
        if let layer = wanted.max(), layer >= config.layers {
            throw .noSuchLayer(layer, layers: config.layers)
        }
        let count = units.count(
            tokens: survey.tokens, model: TracedModel(survey.model), layers: wanted.count)
        return survey.activity.layers.enumerated().map { layer, units in
            wanted.contains(layer) ? units.mostActive(count) : []
        }
    }

    private static func check(_ trace: SessionTrace, tokens: Int) throws(ReportError) {
        let units = trace.layers.reduce(0) { $0 + $1.units.count }
        let bytes = units * trace.model.vectors.count * tokens * 4 / 3
        guard bytes <= maxBytes else { throw .tooLarge(bytes: bytes, limit: maxBytes) }
    }
}

/// From the events of a step to tokens and marks.
private struct StoredTokenReader {
    private let model: Model
    private var messages: UInt64

    init(_ model: Model, messages: UInt64) {
        self.model = model
        self.messages = messages
    }

    mutating func read(
        _ step: PlayedStep, _ player: SessionPlayer, _ view: inout StoredTokenView,
        into recorder: inout TraceRecorder
    ) {
        let time = player.request?.record.time
        var isTokenDue = step.hasReadToken
        for event in step.events {
            if let kind = mark(for: event, player) {
                recorder.take(kind, time: time)
            } else if isTokenDue, event.isOfToken {
                isTokenDue = false
                take(step, event.context, player, &view, into: &recorder)
            }
        }
        // A model without a sentiment head publishes no event about the end of a message.
        if !model.config.heads.sentiment, player.progress.messages > messages {
            recorder.take(.messageEnd(score: nil), time: time)
        }
        messages = player.progress.messages
    }

    private func take(
        _ step: PlayedStep, _ place: EventContext, _ player: SessionPlayer,
        _ view: inout StoredTokenView, into recorder: inout TraceRecorder
    ) {
        guard let input = player.input else { return }
        let prediction = step.token?.prediction
        view.show(input, after: player.values, candidates: prediction?.top ?? [])
        let token = TracedToken(
            id: input.token, bytes: Array(model.tokenizer.vocabulary.bytes(of: input.token)),
            offset: place.offset.lowerBound, epoch: place.epoch,
            surprisal: prediction?.surprisal, score: step.tokenSentiment?.score)
        recorder.take(token, view)
    }

    private func mark(for event: Event, _ player: SessionPlayer) -> TraceMark.Kind? {
        switch event.payload {
        case .sentiment(let sentiment) where sentiment.scope == .message:
            .messageEnd(score: sentiment.score)
        case .stream(.reset): .reset
        case .stream(.ended): .end
        case .stream(.resumed) where player.request?.record.operation == .put: .put
        case .error(let refusal) where refusal.code == .nonFiniteState: .quarantine
        default: nil
        }
    }
}

extension Event {
    /// Whether the event is published for each token, rather than for a message or the stream.
    fileprivate var isOfToken: Bool {
        switch payload {
        case .next: true
        case .sentiment(let sentiment): sentiment.scope == .token
        case .stream, .error: false
        }
    }
}
