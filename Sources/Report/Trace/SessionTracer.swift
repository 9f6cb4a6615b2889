import Engine
package import Kernels
package import Model
package import Replay
package import Wire

/// Traces a session by playing it, up to the first change of the model.
///
/// Tokens, surprisal, candidates and sentiment are taken from the published events. The session is
/// played twice: the first time finds its length and the most active units.
package struct SessionTracer {
    package var top = 5
    package var units = UnitChoice.standard
    package var maxTokens = ReportWriter.maxTokens
    /// Layers whose units are kept; nil for all.
    package var layers: Set<Int>?
    /// Of a stored session.
    package var start = SessionPlace.start
    package var end = SessionPlace.end
    private let source: RequestSource
    /// Nil where the requests are not stored.
    private let session: Session?
    /// The text of each epoch as it was sent; none for a stored session.
    private let texts: [[UInt8]]
    private let tier: KernelTier

    /// Called at intervals with the number of tokens played; throws to stop.
    package typealias Progress = (_ tokens: Int, _ total: Int?) throws -> Void

    /// A larger page fails to load in browsers.
    package static let maxBytes = 512 << 20

    package init(_ session: Session, tier: KernelTier = .best) {
        (self.session, source, texts) = (session, RequestSource(session), [])
        self.tier = tier
    }

    /// - Parameter requests: of one incarnation, as publishers send them.
    package init(
        _ requests: [Request], of stream: StreamID, model: Model, tier: KernelTier = .best
    ) {
        session = nil
        source = RequestSource(requests, of: stream, readBy: model)
        texts = requests.reduce(into: [[]]) { texts, request in
            if request.operation == .reset { texts.append([]) }
            texts[texts.count - 1] += request.text
        }
        self.tier = tier
    }

    /// - Throws: `ReportError`, `ModelError` if the model does not read token by token, and the
    ///   errors of `SessionPlayer`.
    package func trace(progress: Progress = { _, _ in }) throws -> SessionTrace {
        let end = try session?.resolved(end) ?? end
        let survey = try survey(until: end, progress)
        let player = try player()
        let model = survey.model
        var trace = SessionTrace(stream: source.stream.text, model: TracedModel(model))
        trace.layers = survey.units.map {
            LayerTrace(units: $0, vectors: trace.model.vectors.count)
        }
        try Self.check(trace, tokens: survey.tokens)
        let recorder = try TraceRecorder(
            trace, tokens: survey.tokens, top: top, model: model, kernels: Kernels(tier: tier))
        player.keepsInput = true
        var reader = PlayedTokenReader(
            recorder, model, texts: texts, isStored: session != nil, progress: player.progress)
        try play(player, until: end) { step in
            // The daemon may have appended requests since the survey.
            guard !step.hasReadToken || reader.recorder.tokenCount < survey.tokens else {
                return false
            }
            reader.read(step, player)
            if step.hasReadToken { try progress(reader.recorder.tokenCount, survey.tokens) }
            return true
        }
        return reader.recorder.finish()
    }

    private func player() throws -> SessionPlayer {
        var options = EngineOptions()
        options.kernelTier = tier
        let listening = SessionPlayer.Listening.audience(.everything(top: top))
        guard let session else {
            guard texts.contains(where: { !$0.isEmpty }) else {
                throw ReportError.noTokens(stream: source.stream.text)
            }
            return try SessionPlayer(source, from: nil, listening: listening, options: options)
        }
        return try session.player(at: start, listening: listening, options: options)
    }

    /// Plays until the end, another model, or until `body` returns false.
    private func play(
        _ player: SessionPlayer, until end: SessionPlace, _ body: (PlayedStep) throws -> Bool
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
                throw ReportError.tooManyTokens(nil, limit: maxTokens, isStored: session != nil)
            }
            survey.tokens += 1
            survey.activity.add(player.values)
            try progress(survey.tokens, nil)
            return true
        }
        guard var survey = found, survey.tokens > 0 else {
            throw ReportError.noTokens(stream: source.stream.text)
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

/// Keeps only the activity of each unit.
private struct UnitSurvey {
    private(set) var layers: [UnitActivity]
    private let layout: StateLayout

    init(layout: StateLayout) {
        self.layout = layout
        layers = Array(repeating: UnitActivity(units: layout.hiddenSize), count: layout.layers)
    }

    /// - Parameter values: h0, c0, h1, c1, … after a token.
    mutating func add(_ values: [Float]) {
        let size = layout.hiddenSize
        for layer in layers.indices {
            let start = layer * layout.kinds.count * size
            layers[layer].add(values[start..<start + size])
        }
    }
}
