import Engine
import Kernels
import Model
import Wire

/// The network's state and outputs at a replayed token. Gates are computed from the states before and
/// after the token, which determine them bit for bit.
struct StoredTokenView: ~Copyable, TokenView {
    let top: Int
    private let model: Model
    private let runner: NetworkRunner
    private let layers: [Bool]
    private var states: StateSlab
    private(set) var stateValues: [Float] = []
    private(set) var candidateIDs: [Int32] = []
    private(set) var candidateProbabilities: [Float] = []

    private static let before: Int32 = 0
    private static let now: Int32 = 1

    /// - Parameter layers: the layers whose gates are needed.
    init(_ model: Model, kernels: Kernels, top: Int, layers: [Bool]) throws(ModelError) {
        self.model = model
        self.layers = layers
        self.top = model.config.heads.next ? min(top, model.config.vocabularySize) : 0
        runner = NetworkRunner(network: model.network, kernels: kernels, maxBatch: 1)
        states = try StateSlab(layout: model.network.stateLayout, capacity: 2)
    }

    mutating func show(
        _ input: StepInput, after values: [Float], candidates: [Prediction.Candidate]
    ) {
        states.setValues(input.values, slot: Self.before)
        states.setValues(values, slot: Self.now)
        stateValues = values
        let missing = max(0, top - candidates.count)
        candidateIDs = candidates.map(\.id) + Array(repeating: -1, count: missing)
        candidateProbabilities =
            candidates.map(\.probability) + Array(repeating: 0, count: missing)
    }

    func gates(layer: Int, token: Int32) -> [[Float]] {
        let names = model.config.cell.gateNames
        guard !names.isEmpty else { return [] }
        guard layers[layer] else { return Array(repeating: [], count: names.count) }
        return runner.gates(
            layer: layer, token: token, before: Self.before, after: Self.now, states: states)
    }
}
