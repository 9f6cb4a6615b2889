package import Kernels
package import Model
package import Wire

/// Reads the requests of one stream with a model and keeps the network's states and outputs.
///
/// The requests are those that publishers send. For a stored session, in which a snapshot was put or
/// the model changed, use `StoredSessionTracer`.
///
/// Tokens, surprisal, candidates and sentiment equal the engine's bit for bit. If not all units are
/// kept, the session is read twice: the first time finds the most active units.
package struct SessionTracer {
    package var top = 5
    package var units = UnitChoice.standard
    package var maxTokens = ReportWriter.maxTokens
    package let model: Model
    private let kernels: Kernels

    package init(model: Model, kernels: Kernels) {
        self.model = model
        self.kernels = kernels
    }

    /// - Throws: `ReportError` if there are no tokens or too many, `ModelError` if memory cannot be
    ///   reserved or the model does not read token by token.
    package func trace(
        _ requests: some Sequence<Request>, of stream: String
    ) throws -> SessionTrace {
        try model.requireTokenStates()
        let plan = TracePlan(model, requests: requests)
        guard plan.tokenCount > 0 else { throw ReportError.noTokens(stream: stream) }
        guard plan.tokenCount <= maxTokens else {
            throw ReportError.tooManyTokens(plan.tokenCount, limit: maxTokens)
        }
        var trace = SessionTrace(stream: stream, model: TracedModel(model))
        let count = units.count(tokens: plan.tokenCount, model: trace.model)
        let units = try mostActive(count, plan)
        trace.layers = units.map { LayerTrace(units: $0, vectors: trace.model.vectors.count) }
        var reader = try TraceReader(model: model, kernels: kernels, top: top)
        var recorder = TraceRecorder(trace, tokens: plan.tokenCount, model: model)
        for step in plan.steps { reader.read(step, into: &recorder) }
        return recorder.finish()
    }

    /// The units of each layer to keep.
    private func mostActive(_ count: Int, _ plan: TracePlan) throws -> [[Int]] {
        let config = model.config
        guard count < config.hiddenSize else {
            return Array(repeating: Array(0..<config.hiddenSize), count: config.layers)
        }
        var reader = try TraceReader(model: model, kernels: kernels, top: 0)
        var survey = UnitSurvey(layout: model.network.stateLayout)
        for step in plan.steps { reader.read(step, into: &survey) }
        return survey.layers.map { $0.mostActive(count) }
    }
}

/// Receives the tokens and marks of a session.
protocol TraceSink {
    mutating func take(_ token: TracedToken, _ view: borrowing some TokenView & ~Copyable)
    mutating func take(_ kind: TraceMark.Kind, time: Double?)
}

/// The network's state and outputs at the latest token.
protocol TokenView: ~Copyable {
    /// Number of candidates.
    var top: Int { get }
    /// `[top]`, -1 for none.
    var candidateIDs: [Int32] { get }
    var candidateProbabilities: [Float] { get }
    /// h and c of every layer, as `StateSlab.values` has them.
    var stateValues: [Float] { get }
    /// Of the layer, in PyTorch's order; none of an RNN.
    func gates(layer: Int, token: Int32) -> [[Float]]
}

/// Keeps only the activity of each unit.
struct UnitSurvey: TraceSink {
    var layers: [UnitActivity]
    private let layout: StateLayout

    init(layout: StateLayout) {
        self.layout = layout
        layers = Array(repeating: UnitActivity(units: layout.hiddenSize), count: layout.layers)
    }

    mutating func take(_ token: TracedToken, _ view: borrowing some TokenView & ~Copyable) {
        add(view.stateValues)
    }

    mutating func add(_ values: [Float]) {
        let size = layout.hiddenSize
        for layer in layers.indices {
            let start = layer * layout.kinds.count * size
            layers[layer].add(values[start..<start + size])
        }
    }

    mutating func take(_ kind: TraceMark.Kind, time: Double?) {}
}
