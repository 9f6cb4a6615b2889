import Foundation
import Kernels
import Model
import TestSupport
import Testing

/// The results for a stream do not depend on its batch, the tier, or the table of layer 0.
@Suite struct BitIdentityTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let config: ModelConfig

        init(
            _ name: String, _ cell: ModelConfig.Cell, layers: Int, embedding: Int, hidden: Int,
            _ change: (inout ModelConfig) -> Void = { _ in }
        ) {
            testDescription = name
            var config = ModelConfig(
                cell: cell, layers: layers, embeddingSize: embedding, hiddenSize: hidden,
                vocabularySize: 75)
            config.heads.sentiment = true
            change(&config)
            self.config = config
        }
    }

    static let shapes = [
        Shape("lstm", .lstm, layers: 2, embedding: 20, hidden: 33),
        Shape("lstm, tied", .lstm, layers: 1, embedding: 48, hidden: 48) { $0.tieWeights = true },
        Shape("lstm, pooled", .lstm, layers: 1, embedding: 20, hidden: 33) {
            $0.heads.sentimentPooling = .gated
        },
        Shape("gru", .gru, layers: 2, embedding: 33, hidden: 20),
        Shape("gru, reset before", .gru, layers: 2, embedding: 16, hidden: 40) {
            $0.resetGate = .before
        },
        Shape("rnn, tanh", .rnn, layers: 3, embedding: 7, hidden: 21),
        Shape("rnn, relu", .rnn, layers: 1, embedding: 32, hidden: 32) { $0.activation = .relu },
        Shape("lstm, residual", .lstm, layers: 3, embedding: 20, hidden: 33) {
            $0.skip = .residual
        },
        Shape("gru, highway", .gru, layers: 3, embedding: 33, hidden: 20) { $0.skip = .highway },
        Shape("lstm, highway, tied", .lstm, layers: 2, embedding: 48, hidden: 48) {
            $0.skip = .highway
            $0.tieWeights = true
        },
        Shape("rnn, dense", .rnn, layers: 3, embedding: 7, hidden: 21) { $0.skip = .dense },
        Shape("gru, reset before, dense", .gru, layers: 4, embedding: 16, hidden: 32) {
            $0.skip = .dense
            $0.resetGate = .before
        },
    ]

    static let streams = 70
    static let length = 10

    /// The tokens of every stream, of different lengths.
    static let tokens: [[Int32]] = {
        var generator = SeededRandom(seed: 11)
        return (0..<streams).map { _ in
            (0..<Int.random(in: length / 2...length, using: &generator)).map { _ in
                Int32.random(in: 0..<75, using: &generator)
            }
        }
    }()

    /// At most `most` tokens of each stream, read alone on the portable tier, without a table.
    private func alone(_ network: Network, atMost most: Int = .max) throws -> [[UInt32]] {
        var play = try Play(network, try Kernels(tier: .portable))
        for stream in 0..<Self.streams {
            for _ in Self.tokens[stream].prefix(most) { play.step([stream]) }
        }
        return play.trace
    }

    @Test(arguments: shapes)
    func sameBitsInEveryBatchOnEveryTier(shape: Shape) throws {
        let network = try Network.random(config: shape.config, seed: 5)
        let expected = try alone(network)
        for tier in KernelTier.available {
            let kernels = try Kernels(tier: tier)
            let table = try Network.random(config: shape.config, seed: 5, inputTable: kernels)
            for (seed, network) in [network, table].enumerated() {
                var play = try Play(network, kernels)
                play.stepInRandomBatches(seed: UInt64(seed + 1))
                #expect(play.trace == expected, "tier \(tier), table \(seed == 1)")
            }
        }
    }

    @Test(arguments: shapes)
    func sameBitsInEveryBatchSize(shape: Shape) throws {
        let network = try Network.random(config: shape.config, seed: 6)
        let expected = try alone(network, atMost: 1)
        // From 7 rows on, row blocks have 3 to 6 rows each; larger batches only have more of them.
        for size in Array(1...26) + [36, 37, 64, Self.streams] {
            var play = try Play(network, try Kernels())
            play.stepOnce(batch: size)
            #expect(play.trace == expected, "batch \(size)")
        }
    }

    @Test func sameBitsInALargeBatch() throws {
        let network = try Network.random(config: Self.shapes[0].config)
        let runner = NetworkRunner(network: network, kernels: try Kernels(), maxBatch: 256)
        var states = try StateSlab(layout: network.stateLayout, capacity: 257)
        let tokens = (0..<256).map { Int32($0 % 75) }
        for _ in 0..<3 {
            runner.advance(tokens: tokens, slots: (0..<256).map { $0 }, states: &states)
        }
        for token in 0..<Int32(75) {
            states.zero(slot: 256)
            for _ in 0..<3 { runner.advance(tokens: [token], slots: [256], states: &states) }
            let expected = states.values(slot: 256).map(\.bitPattern)
            for slot in stride(from: token, to: 256, by: 75) {
                #expect(states.values(slot: slot).map(\.bitPattern) == expected)
            }
        }
    }

    /// Vocabularies of less than a panel, of whole panels, and of just over a chunk of 1024.
    @Test(arguments: [10, 16, 75, 1024, 1027])
    func headsAgreeWithTheLogits(vocabulary: Int) throws {
        for shape in Self.shapes {
            var config = shape.config
            config.vocabularySize = vocabulary
            let network = try Network.random(config: config)
            let runner = NetworkRunner(
                network: network, kernels: try Kernels(), maxBatch: vocabulary)
            var states = try StateSlab(layout: network.stateLayout, capacity: 1)
            runner.advance(tokens: [3], slots: [0], states: &states)
            let all = runner.logits(slot: 0, states: states)
            var single: [Float] = []
            runner.tokenLogits(
                tokens: (0..<Int32(vocabulary)).map { $0 },
                slots: Array(repeating: 0, count: vocabulary), states: states, into: &single)
            #expect(single.map(\.bitPattern) == all.map(\.bitPattern))
            runner.predict(slots: [0], states: states, top: 10)
            let found = runner.predictions
            let best = all.indices.sorted { all[$0] > all[$1] }.prefix(10)
            #expect(found.ids.prefix(10).elementsEqual(best.map { Int32($0) }))
            #expect(found.logits.prefix(10).elementsEqual(best.map { all[$0] }))
            let logSumExp = log(all.reduce(0.0) { $0 + exp(Double($1)) })
            #expect(abs(Double(found.logSumExp[0]) - logSumExp) < 1e-5)
            #expect(found.isFinite[0])
        }
    }
}

extension SentimentReading {
    var bits: [UInt32] { [logit, gate, evidence].map(\.bitPattern) }
}

/// Streams read by one runner, and the bits of all results.
private struct Play: ~Copyable {
    private let runner: NetworkRunner
    private var states: StateSlab
    private var read = [Int](repeating: 0, count: BitIdentityTests.streams)
    /// The order of the slots differs from the order of the streams.
    private let slots = (0..<BitIdentityTests.streams).map { Int32(($0 * 29 + 3) % 71) }
    private(set) var trace = [[UInt32]](repeating: [], count: BitIdentityTests.streams)

    init(_ network: Network, _ kernels: Kernels) throws {
        states = try StateSlab(layout: network.stateLayout, capacity: 71)
        runner = NetworkRunner(
            network: network, kernels: kernels, maxBatch: BitIdentityTests.streams)
    }

    /// Reads the next token of each stream, and records the results.
    mutating func step(_ streams: [Int]) {
        let slots = streams.map { self.slots[$0] }
        let tokens = streams.map { BitIdentityTests.tokens[$0][read[$0]] }
        var tokenLogits: [Float] = []
        var sentiment: [SentimentReading] = []
        var probabilities: [Float] = []
        runner.tokenLogits(tokens: tokens, slots: slots, states: states, into: &tokenLogits)
        runner.advance(tokens: tokens, slots: slots, states: &states)
        runner.predict(slots: slots, states: states, top: 3)
        runner.probabilities(into: &probabilities)
        runner.readSentiment(slots: slots, states: states, into: &sentiment)
        for (row, stream) in streams.enumerated() {
            read[stream] += 1
            let found = runner.predictions
            trace[stream].append(tokenLogits[row].bitPattern)
            trace[stream] += sentiment[row].bits
            trace[stream].append(found.logSumExp[row].bitPattern)
            for rank in row * 3..<row * 3 + 3 {
                trace[stream].append(UInt32(bitPattern: found.ids[rank]))
                trace[stream].append(found.logits[rank].bitPattern)
                trace[stream].append(probabilities[rank].bitPattern)
            }
            trace[stream] += states.values(slot: slots[row]).map(\.bitPattern)
        }
    }

    /// Reads everything. Each step reads a random choice of the unfinished streams.
    mutating func stepInRandomBatches(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        while true {
            let ready = read.indices.filter { read[$0] < BitIdentityTests.tokens[$0].count }
            if ready.isEmpty { return }
            let size = Int.random(in: 1...ready.count, using: &generator)
            step(Array(ready.shuffled(using: &generator).prefix(size)))
        }
    }

    /// Reads the first token of every stream, `batch` streams at a time.
    mutating func stepOnce(batch: Int) {
        for first in stride(from: 0, to: BitIdentityTests.streams, by: batch) {
            step(Array(first..<min(first + batch, BitIdentityTests.streams)))
        }
    }
}
