import Kernels
import Model
import TestSupport
import Testing

/// Several tokens of a stream in one step give the same bits as several steps.
@Suite struct ChunkTests {
    static let vocabulary = 40
    static let streams = 9
    static let maxBatch = 48

    static let cells: [ModelConfig] = {
        func config(
            _ cell: ModelConfig.Cell, _ change: (inout ModelConfig) -> Void = { _ in }
        ) -> ModelConfig {
            var config = ModelConfig(
                cell: cell, layers: 1, embeddingSize: 20, hiddenSize: 33,
                vocabularySize: vocabulary)
            config.heads.sentiment = true
            change(&config)
            return config
        }
        return [
            config(.lstm), config(.gru), config(.gru) { $0.resetGate = .before }, config(.rnn),
            config(.rnn) { $0.activation = .relu },
            config(.gru) { $0.heads.sentimentPooling = .gated },
            config(.lstm) {
                $0.tieWeights = true
                $0.embeddingSize = 33
            },
            config(.gru) { $0.skip = .residual }, config(.lstm) { $0.skip = .highway },
            config(.rnn) { $0.skip = .dense },
        ]
    }()

    /// Every cell, from one layer to four, on every tier, with and without the table of layer 0.
    @Test(arguments: cells, [1, 2, 4])
    func sameBitsInEveryChunk(_ config: ModelConfig, layers: Int) throws {
        var config = config
        config.layers = layers
        let tokens = Self.tokens(seed: UInt64(layers), length: 24)
        let network = try Network.random(config: config, seed: 3)
        let expected = try Reader(network, try Kernels(tier: .portable), tokens)
        expected.readAll(chunks: 1...1, seed: 1)
        for (index, tier) in KernelTier.available.enumerated() {
            let kernels = try Kernels(tier: tier)
            let table = try Network.random(config: config, seed: 3, inputTable: kernels)
            for (hasTable, network) in [(false, network), (true, table)] {
                let reader = try Reader(network, kernels, tokens)
                reader.readAll(chunks: 1...20, seed: UInt64(index + 1))
                #expect(reader.agrees(with: expected), "tier \(tier), table \(hasTable)")
            }
        }
    }

    /// A stream stops at the first token after which its state is not finite, at any position in a
    /// chunk. The others continue.
    @Test(arguments: 1...3, ModelConfig.Skip.allCases)
    func aStateThatIsNotFiniteStopsItsStreamAlone(layers: Int, skip: ModelConfig.Skip) throws {
        var config = Self.cells[4]
        config.layers = layers
        config.skip = skip
        let network = try Network(
            config: config, source: GrowingWeights(random: RandomWeights(config: config, seed: 4)))
        let tokens = Self.tokens(seed: 5, length: 60)
        let expected = try Reader(network, try Kernels(), tokens)
        expected.readAll(chunks: 1...1, seed: 1)
        #expect(expected.stopped.count > 1)
        for seed in 0..<10 {
            let reader = try Reader(network, try Kernels(), tokens)
            reader.readAll(chunks: 1...20, seed: UInt64(seed))
            #expect(reader.agrees(with: expected), "seed \(seed)")
        }
    }

    /// Texts of different lengths for the streams.
    private static func tokens(seed: UInt64, length: Int) -> [[Int32]] {
        var generator = SeededRandom(seed: seed)
        return (0..<streams).map { _ in
            (0..<Int.random(in: length / 3...length, using: &generator)).map { _ in
                Int32.random(in: 0..<Int32(vocabulary), using: &generator)
            }
        }
    }
}

/// A ReLU network whose states grow by about a factor of e⁵ with every token.
private struct GrowingWeights: WeightSource {
    let random: RandomWeights

    func values(of spec: TensorSpec) throws(ModelError) -> [Float] {
        let values = random.values(of: spec)
        return spec.name.contains("weight_hh") ? values.map { 200 * $0 } : values
    }
}

/// Reads the streams in steps of random chunks, and records the bits of all results.
private final class Reader {
    private let runner: NetworkRunner
    private var states: StateSlab
    private let tokens: [[Int32]]
    /// For each stream, the outputs of the heads after each token.
    private var heads: [[[UInt32]]]
    /// For each stream, the states at the ends of steps, by the number of tokens read.
    private var ends: [[Int: [UInt32]]]
    private var read: [Int]
    private(set) var stopped: Set<Int> = []

    init(_ network: Network, _ kernels: Kernels, _ tokens: [[Int32]]) throws {
        self.tokens = tokens
        runner = NetworkRunner(
            network: network, kernels: kernels, maxBatch: ChunkTests.maxBatch)
        states = try StateSlab(layout: network.stateLayout, capacity: tokens.count)
        heads = Array(repeating: [], count: tokens.count)
        ends = Array(repeating: [:], count: tokens.count)
        read = Array(repeating: 0, count: tokens.count)
    }

    /// Reads every stream to its end. Each step reads random streams, with a random number of
    /// tokens each.
    func readAll(chunks: ClosedRange<Int>, seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        while true {
            let ready = read.indices.filter {
                read[$0] < tokens[$0].count && !stopped.contains($0)
            }
            guard !ready.isEmpty else { return }
            let count = Int.random(in: 1...ready.count, using: &generator)
            var parts: [(stream: Int, count: Int)] = []
            for stream in ready.shuffled(using: &generator).prefix(count) {
                let left = ChunkTests.maxBatch - parts.reduce(0) { $0 + $1.count }
                let most = min(tokens[stream].count - read[stream], left)
                let wanted = Int.random(in: chunks, using: &generator)
                if most > 0 { parts.append((stream, min(most, wanted))) }
            }
            step(parts)
        }
    }

    private func step(_ parts: [(stream: Int, count: Int)]) {
        let part = parts.map { tokens[$0.stream][read[$0.stream]..<read[$0.stream] + $0.count] }
        let chunk = TokenChunk(
            slots: parts.map { Int32($0.stream) }, counts: part.map(\.count),
            tokens: part.flatMap { $0 })
        runner.advance(chunk, states: &states)
        var index = 0
        for (stream, count) in parts {
            let rows = chunk.rows[index..<index + count]
            let finite = rows.prefix { runner.isFinite[Int($0)] }
            if finite.count < count { stopped.insert(stream) }
            note(Array(finite), of: stream)
            read[stream] += min(count, finite.count + 1)
            ends[stream][read[stream]] = states.values(slot: Int32(stream)).map(\.bitPattern)
            index += count
        }
    }

    /// Records the outputs of the heads for some rows of the latest step.
    private func note(_ rows: [Int32], of stream: Int) {
        var (tokenLogits, sentiment): ([Float], [SentimentReading]) = ([], [])
        runner.predict(rows: rows, top: 3)
        runner.tokenLogits(tokens: rows.map { _ in 5 }, rows: rows, into: &tokenLogits)
        runner.readSentiment(rows: rows, into: &sentiment)
        let found = runner.predictions
        for row in rows.indices {
            let top = row * 3..<row * 3 + 3
            heads[stream].append(
                [tokenLogits[row], found.logSumExp[row]].map(\.bitPattern)
                    + sentiment[row].bits + found.ids[top].map { UInt32(bitPattern: $0) }
                    + found.logits[top].map(\.bitPattern))
        }
    }

    /// Whether the results equal those of a reader that went token by token.
    func agrees(with single: Reader) -> Bool {
        heads == single.heads && read == single.read && stopped == single.stopped
            && zip(ends, single.ends).allSatisfy { own, single in
                own.allSatisfy { single[$0.key] == $0.value }
            }
    }
}
