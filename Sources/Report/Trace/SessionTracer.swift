package import Kernels
package import Model
package import Wire

/// Reads a stream's requests with a model, one stream alone, and keeps what the network did.
///
/// The requests are those that publishers send. A session in which a snapshot was put or another
/// model went on is recorded, and `StoredSessionTracer`'s.
///
/// Tokens, surprisal, candidates and sentiment are the engine's, bit for bit. Where not all units
/// are kept, the session is read twice: once to see which are the most active.
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

    /// - Throws: `ReportError` where there is nothing to show or too much, `ModelError` where there
    ///   is no memory, and for a model that has nothing to show of single tokens.
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

/// Takes what is found, token by token.
protocol TraceSink {
    mutating func take(_ token: TracedToken, _ view: borrowing some TokenView & ~Copyable)
    mutating func take(_ kind: TraceMark.Kind, time: Double?)
}

/// What the network did at its latest token.
protocol TokenView: ~Copyable {
    /// Candidates that are known.
    var top: Int { get }
    /// `[top]`, -1 for none.
    var candidateIDs: [Int32] { get }
    var candidateProbabilities: [Float] { get }
    /// h and c of every layer, as `StateSlab.values` has them.
    var stateValues: [Float] { get }
    /// Of the layer, in PyTorch's order; none of an RNN.
    func gates(layer: Int, token: Int32) -> [[Float]]
}

/// Keeps only how much each unit moves.
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
