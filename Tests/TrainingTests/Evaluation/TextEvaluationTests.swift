import Foundation
import Kernels
import Model
import TestSupport
import Testing
import Tokenizer

@testable import Training

/// Bits per byte, compared with PyTorch and with reading token by token.
@Suite struct TextEvaluationTests {
    private func measure(
        _ model: Model, _ text: [UInt8], lanes: Int? = nil, threads: Int = 2
    ) throws -> TextMeasure {
        let evaluation = try TextEvaluation(model, kernels: Kernels(), threads: threads)
        return try evaluation.measure(TextTokens(text, model: model), lanes: lanes)
    }

    @Test func agreesWithPyTorch() throws {
        let fixture = try EvaluationFixture.load().text
        let measure = try measure(TestModel.shipped(), Array(fixture.text.utf8), lanes: 1)
        #expect(measure.tokens == fixture.tokens)
        #expect(measure.bytes == fixture.text.utf8.count)
        #expect(abs(measure.bits - fixture.bits) < 1e-4 * fixture.bits)
        #expect(abs(measure.perplexity - exp2(fixture.bits / Double(fixture.tokens))) < 0.1)
    }

    private static let text: [UInt8] = {
        var random = SeededRandom(seed: 9)
        return (0..<3000).map { _ in UInt8.random(in: 32...90, using: &random) }
    }()

    /// The surprisals of all predictable tokens, from all logits, in double precision.
    private func bits(_ model: Model, _ text: [UInt8]) throws -> Double {
        let network = model.network
        let runner = NetworkRunner(network: network, kernels: try Kernels(), maxBatch: 1)
        var states = try StateSlab(layout: network.stateLayout, capacity: 1)
        let start = model.config.startToken.map { [Int32($0)] } ?? []
        let ids = start + model.tokenizer.encode(text)
        var bits = 0.0
        for (id, next) in zip(ids, ids.dropFirst()) {
            runner.advance(tokens: [id], slots: [0], states: &states)
            let logits = runner.logits(slot: 0, states: states).map(Double.init)
            let sum = logits.reduce(0) { $0 + exp($1) }
            bits += (log(sum) - logits[Int(next)]) / log(2)
        }
        return bits
    }

    @Test(arguments: TestModel.everyCell.indices, [true, false])
    func oneLaneIsOneStream(_ cell: Int, hasStart: Bool) throws {
        var config = TestModel.everyCell[cell]
        config.startToken = hasStart ? 3 : nil
        let model = try TestModel.make(config)
        let text = Array(Self.text.prefix(301))
        let measure = try measure(model, text, lanes: 1)
        #expect(measure.tokens == (hasStart ? 301 : 300) && measure.bytes == measure.tokens)
        #expect(abs(measure.bits - (try bits(model, text))) < 1e-3)
    }

    @Test func lanesShorterThanTheirWarmUpAreExact() throws {
        let model = try TestModel.make()
        let text = Array(Self.text.prefix(250))
        let exact = try measure(model, text, lanes: 1).bits
        for lanes in [2, 3, 64, 65, 250, 1000] {
            let measure = try measure(model, text, lanes: lanes)
            #expect(abs(measure.bits - exact) < 1e-6 * exact, "\(lanes)")
            #expect(measure.tokens == 250 && measure.lanes == min(lanes, 250))
        }
    }

    @Test func longerLanesAreNearlyExact() throws {
        let model = try TestModel.make()
        let exact = try measure(model, Self.text, lanes: 1)
        let lanes = try measure(model, Self.text, lanes: 7)
        #expect(abs(lanes.bitsPerByte - exact.bitsPerByte) < 1e-3)
    }

    @Test func threadsChangeNothing() throws {
        let model = try TestModel.make()
        let one = try measure(model, Self.text, lanes: 37, threads: 1)
        for threads in [2, 3, 64] {
            #expect(try measure(model, Self.text, lanes: 37, threads: threads) == one)
        }
    }

    @Test func refusesWhatItCannotMeasure() throws {
        let empty = #expect(throws: EvaluationError.self) { try measure(TestModel.make(), []) }
        #expect(empty == .noTokens)
        var config = TestModel.config()
        config.heads.next = false
        let headless = try TestModel.make(config)
        #expect(throws: EvaluationError.self) { try measure(headless, [1, 2, 3]) }
        let exploding = try TestModel.exploding(TestModel.exploding, token: 7)
        let error = #expect(throws: EvaluationError.self) {
            try measure(exploding, Array(repeating: 7, count: 400))
        }
        guard case .notFinite(let token) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((20..<400).contains(token))
    }

    @Test func stopsWhenAsked() throws {
        let model = try TestModel.make()
        let evaluation = try TextEvaluation(model, kernels: Kernels(), threads: 2)
        let error = #expect(throws: EvaluationError.self) {
            try evaluation.measure(
                TextTokens(Self.text, model: model), EvaluationWatch(shouldStop: { true }))
        }
        #expect(error == .interrupted)
    }
}
