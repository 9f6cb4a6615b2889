import DefaultModel
import Foundation
import Kernels
import Model
import Testing
import Tokenizer

/// Agreement with PyTorch. Fixtures has its results.
@Suite struct ReferenceTests {
    private static let small = [
        "gru", "gru-3", "gru-before", "rnn-tanh", "rnn-relu", "lstm", "lstm-3", "sentiment-only",
        "residual", "highway", "pooled", "counted", "dense", "dense-rnn",
    ]

    @Test(arguments: small)
    func smallNetworksAgree(name: String) throws {
        let network = try Fixture.network(name)
        try check(network, Fixture(name, config: network.config))
    }

    @Test func shippedModelAgrees() throws {
        let model = try Model.load(from: DefaultModel.folder)
        for number in 1...3 {
            let fixture = try Fixture("shipped-\(number)", config: model.config, states: 1)
            try check(model.network, fixture)
            let start = model.config.startToken.map { [Int32($0)] } ?? []
            let text = Array((fixture.tokens.text ?? "").utf8)
            #expect(start + model.tokenizer.encode(text) == fixture.tokens.ids)
        }
    }

    /// Reads the fixture's tokens one by one and compares all results.
    /// Reads the fixture's tokens one by one and compares all results.
    private func check(_ network: Network, _ fixture: Fixture) throws {
        var reader = try Reader(network)
        let rows = fixture.tokens.ids.count
        for (row, token) in fixture.tokens.ids.enumerated() {
            if fixture.config.heads.next && row > 0 {
                expectClose(reader.surprisal(of: token), fixture.surprisal[row], 1e-4)
            }
            reader.read(token)
            if fixture.config.heads.next { try checkTop(&reader, fixture, row) }
            if fixture.config.heads.sentiment {
                let positive = reader.positive(after: token, isOfMessage: row > 0)
                expectClose(positive, fixture.positive[row], 1e-5)
            }
            let stateRow =
                fixture.h.count == rows * network.stateLayout.layers * fixture.config.hiddenSize
                ? row : (row == rows - 1 ? 0 : nil)
            if let stateRow { checkState(reader, fixture, stateRow) }
        }
    }

    private func checkTop(_ reader: inout Reader, _ fixture: Fixture, _ row: Int) throws {
        let (ids, probabilities) = reader.top(5)
        #expect(ids == fixture.tokens.topIDs?[row])
        for (index, probability) in probabilities.enumerated() {
            expectClose(probability, fixture.top[row * 5 + index], 1e-5)
        }
        guard let index = fixture.tokens.logitRows.firstIndex(of: row) else { return }
        let size = fixture.config.vocabularySize
        let expected = fixture.logits[index * size..<(index + 1) * size]
        let logits = reader.logits()
        #expect(logits.count == size)
        #expect(zip(logits, expected).allSatisfy { abs($0 - $1) <= 1e-4 })
    }

    private func checkState(_ reader: borrowing Reader, _ fixture: Fixture, _ row: Int) {
        for layer in 0..<fixture.config.layers {
            for kind in reader.layout.kinds {
                expectClose(
                    reader.vector(kind, layer: layer),
                    fixture.hidden(kind, row: row, layer: layer), 1e-5)
            }
        }
    }
}

private func expectClose(
    _ found: Float, _ expected: Float, _ tolerance: Float,
    _ location: SourceLocation = #_sourceLocation
) {
    #expect(abs(found - expected) <= tolerance, sourceLocation: location)
}

/// One check for all elements, since a check for each would take most of the time. The tolerance is
/// relative above 1: c of a trained network reaches 100.
private func expectClose(
    _ found: [Float], _ expected: ArraySlice<Float>, _ tolerance: Float,
    _ location: SourceLocation = #_sourceLocation
) {
    #expect(found.count == expected.count, sourceLocation: location)
    let worst = zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .nan
    #expect(worst <= tolerance, sourceLocation: location)
}

/// One stream read alone, and the outputs of the network.
private struct Reader: ~Copyable {
    private let runner: NetworkRunner
    private var states: StateSlab
    private var pool = SentimentPool()
    var layout: StateLayout { states.layout }

    init(_ network: Network) throws {
        let kernels = try Kernels()
        states = try StateSlab(layout: network.stateLayout, capacity: 1)
        runner = NetworkRunner(network: network, kernels: kernels, maxBatch: 1)
    }

    mutating func read(_ token: Int32) {
        runner.advance(tokens: [token], slots: [0], states: &states)
    }

    func top(_ count: Int) -> ([Int32], [Float]) {
        runner.predict(slots: [0], states: states, top: count)
        var probabilities: [Float] = []
        runner.probabilities(into: &probabilities)
        return (Array(runner.predictions.ids.prefix(count)), probabilities)
    }

    func surprisal(of token: Int32) -> Float {
        var logits: [Float] = []
        runner.predict(slots: [0], states: states, top: 1)
        runner.tokenLogits(tokens: [token], slots: [0], states: states, into: &logits)
        return NetworkRunner.surprisal(
            logit: logits[0], logSumExp: runner.predictions.logSumExp[0])
    }

    /// With pooling, adds the latest token, unless it is the start token.
    mutating func positive(after token: Int32, isOfMessage: Bool) -> Float {
        var readings: [SentimentReading] = []
        runner.readSentiment(slots: [0], states: states, into: &readings)
        if isOfMessage { pool.add(readings[0], token: token, of: runner.network) }
        var logits = [pool.logit(readings[0], of: runner.network)]
        runner.probabilitiesOfPositive(&logits)
        return logits[0]
    }

    func logits() -> [Float] { runner.logits(slot: 0, states: states) }

    func vector(_ kind: StateLayout.Kind, layer: Int) -> [Float] {
        let index = layout.names.firstIndex(of: "\(kind.rawValue)\(layer)") ?? 0
        let size = layout.hiddenSize
        return Array(states.values(slot: 0)[index * size..<(index + 1) * size])
    }
}
