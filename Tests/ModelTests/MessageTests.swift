import Foundation
import Kernels
import Model
import TestSupport
import Testing

/// Whole messages in a bidirectional network.
@Suite struct MessageTests {
    static let fixtures = [
        "both-lstm", "both-gru", "both-rnn", "both-residual", "both-highway", "both-dense",
    ]

    private struct Expected: Decodable {
        let ids: [Int32]
        let lengths: [Int]
        let fingerprint: String
    }

    /// nn.LSTM, nn.GRU and nn.RNN with bidirectional=True.
    @Test(arguments: fixtures)
    func agreesWithPyTorch(name: String) throws {
        let folder = Fixture.url(name)
        let expected = try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: folder.appending(path: "tokens.json")))
        let spec = TensorSpec("sentiment", [expected.lengths.count])
        let logits = try SafetensorsWeights(
            path: folder.appending(path: "expected.safetensors").path, specs: [spec]
        ).values(of: spec)
        let runner = try MessageRunner(network: Fixture.network(name), kernels: Kernels())
        for (length, logit) in zip(expected.lengths, logits) {
            let found = runner.read([Array(expected.ids.prefix(length))], seed: 1)[0]
            #expect(abs(try #require(found) - logit) < 1e-4)
        }
        #expect(try Model.load(from: folder).fingerprint.hex == expected.fingerprint)
    }

    static let configs: [ModelConfig] = {
        func config(
            _ cell: ModelConfig.Cell, layers: Int, _ change: (inout ModelConfig) -> Void = { _ in }
        ) -> ModelConfig {
            var config = ModelConfig(
                cell: cell, layers: layers, embeddingSize: 20, hiddenSize: 21, vocabularySize: 75)
            config.bidirectional = true
            config.heads = .init(next: false, sentiment: true)
            change(&config)
            return config
        }
        return [
            config(.lstm, layers: 2), config(.gru, layers: 1),
            config(.gru, layers: 2) { $0.resetGate = .before },
            config(.rnn, layers: 2) { $0.activation = .relu },
            config(.lstm, layers: 3) { $0.skip = .residual },
            config(.gru, layers: 3) { $0.skip = .highway },
            config(.rnn, layers: 3) { $0.skip = .dense },
        ]
    }()

    /// Messages of different lengths, some of many slices.
    private static func messages(_ count: Int, longest: Int, seed: UInt64) -> [[Int32]] {
        var generator = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 1...longest, using: &generator)).map { _ in
                Int32.random(in: 0..<75, using: &generator)
            }
        }
    }

    @Test(arguments: configs)
    func sameBitsBesideAnyOthersOnEveryTier(config: ModelConfig) throws {
        let network = try Network.random(config: config, seed: 4)
        let messages = Self.messages(30, longest: 70, seed: 2)
        let alone = try MessageRunner(network: network, kernels: Kernels(tier: .portable))
        let expected = messages.map { alone.read([$0], seed: 1)[0]?.bitPattern }
        #expect(Set(expected).count > 25)
        for (index, tier) in KernelTier.available.enumerated() {
            let kernels = try Kernels(tier: tier)
            let table = try Network.random(config: config, seed: 4, inputTable: kernels)
            for network in [network, table] {
                let runner = try MessageRunner(network: network, kernels: kernels)
                let found = runner.read(messages, seed: UInt64(index))
                #expect(found.map { $0?.bitPattern } == expected, "tier \(tier)")
            }
        }
    }

    /// A ReLU network whose states grow with every token: long messages have no score; the others
    /// are not affected.
    @Test func aMessageThatIsNotFiniteHasNoLogit() throws {
        let config = Self.configs[3]
        let network = try Network(
            config: config, source: GrowingWeights(random: RandomWeights(config: config, seed: 4)))
        let messages = Self.messages(40, longest: 60, seed: 3)
        let runner = try MessageRunner(network: network, kernels: Kernels())
        let expected = messages.map { runner.read([$0], seed: 1)[0] }
        #expect(expected.contains(nil) && expected.contains { $0 != nil })
        #expect(runner.read(messages, seed: 5) == expected)
    }

    @Test func aShortMessageDoesNotWaitForALongOne() throws {
        let network = try Network.random(config: Self.configs[1])
        let runner = try MessageRunner(network: network, kernels: Kernels())
        let long = try #require(
            runner.begin((0..<Int32(WholeMessage.maxTokens)).map { $0 % 75 }))
        for _ in 0..<3 { #expect(runner.advance().isEmpty) }
        let short = try #require(runner.begin([1, 2, 3]))
        #expect(runner.advance().isEmpty)
        #expect(runner.advance().first === short)
        #expect(short.logit != nil && long.logit == nil)
    }

    /// Memory is limited, but every message is read.
    @Test func messagesWaitForRoom() throws {
        var config = Self.configs[3]
        config.layers = 1
        config.hiddenSize = 520
        let runner = try MessageRunner(network: Network.random(config: config), kernels: Kernels())
        let long = [Int32](repeating: 1, count: WholeMessage.maxTokens)
        #expect(runner.begin(long) != nil)
        #expect(runner.begin(long) == nil)
        #expect(runner.begin([1]) != nil)
    }
}

extension MessageRunner {
    /// The logits of messages that begin at random while others are being read.
    fileprivate func read(_ messages: [[Int32]], seed: UInt64) -> [Float?] {
        var generator = SeededRandom(seed: seed)
        var waiting = Array(messages.indices.reversed())
        var begun: [ObjectIdentifier: Int] = [:]
        var logits = [Float?](repeating: nil, count: messages.count)
        while !waiting.isEmpty || !isIdle {
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                guard let next = waiting.last, let message = begin(messages[next]) else { break }
                waiting.removeLast()
                begun[ObjectIdentifier(message)] = next
            }
            for message in advance() {
                guard let index = begun.removeValue(forKey: ObjectIdentifier(message)) else {
                    preconditionFailure("a message that was not begun")
                }
                logits[index] = message.logit
            }
        }
        return logits
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
