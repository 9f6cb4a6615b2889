import Foundation
import Kernels
import Model
import TestSupport
import Testing

/// The gates of a step give exactly the h and c of the step.
@Suite struct GateTests {
    /// Steps through random tokens. Passes each layer's gates, and its vectors before and after, to
    /// the closure.
    private func walk(
        _ network: Network, _ kernels: Kernels, tokens: Int = 12,
        _ body: (_ layer: Int, _ gates: [[Float]], _ before: Vectors, _ after: Vectors) -> Void
    ) throws {
        let runner = NetworkRunner(network: network, kernels: kernels, maxBatch: 1)
        var states = try StateSlab(layout: network.stateLayout, capacity: 3)
        var generator = SeededRandom(seed: 3)
        for _ in 0..<tokens {
            let token = Int32.random(in: 0..<75, using: &generator)
            states.copy(from: 2, to: 1)
            runner.advance(tokens: [token], slots: [2], states: &states)
            for layer in 0..<network.config.layers {
                let gates = runner.gates(
                    layer: layer, token: token, before: 1, after: 2, states: states)
                body(
                    layer, gates, Vectors(states.values(slot: 1), layer, states.layout),
                    Vectors(states.values(slot: 2), layer, states.layout))
            }
        }
    }

    private struct Vectors {
        let h: [Float]
        let c: [Float]

        init(_ values: [Float], _ layer: Int, _ layout: StateLayout) {
            let size = layout.hiddenSize
            let start = layer * layout.kinds.count * size
            h = Array(values[start..<start + size])
            c = layout.hasCell ? Array(values[start + size..<start + 2 * size]) : []
        }
    }

    /// The equations of cells.h, in single precision.
    private func outcome(
        _ cell: ModelConfig.Cell, _ gates: [[Float]], _ before: Vectors, _ kernels: Kernels
    ) -> (h: [Float], c: [Float]) {
        switch cell {
        case .lstm:
            let (i, f, g, o) = (gates[0], gates[1], gates[2], gates[3])
            let c = i.indices.map { (i[$0] * g[$0]).addingProduct(f[$0], before.c[$0]) }
            var tanhC = c
            kernels.tanh(&tanhC)
            return (zip(o, tanhC).map { $0 * $1 }, c)
        case .gru:
            let (z, n) = (gates[1], gates[2])
            return (z.indices.map { n[$0].addingProduct(z[$0], before.h[$0] - n[$0]) }, [])
        case .rnn: return (gates[0], [])
        }
    }

    @Test(arguments: BitIdentityTests.shapes)
    func gatesLeadToTheSameBitsOnEveryTier(shape: BitIdentityTests.Shape) throws {
        for tier in KernelTier.available {
            let kernels = try Kernels(tier: tier)
            for table in [nil, kernels] {
                let network = try Network.random(config: shape.config, seed: 5, inputTable: table)
                var steps = 0
                try walk(network, kernels) { _, gates, before, after in
                    let outcome = outcome(shape.config.cell, gates, before, kernels)
                    #expect(outcome.h.map(\.bitPattern) == after.h.map(\.bitPattern))
                    #expect(outcome.c.map(\.bitPattern) == after.c.map(\.bitPattern))
                    #expect(gates.count == shape.config.cell.gates)
                    #expect(gates.allSatisfy { $0.count == shape.config.hiddenSize })
                    steps += 1
                }
                #expect(steps == 12 * shape.config.layers)
            }
        }
    }

    /// h does not determine r of a GRU, nor the order of gates, so all gates are compared with the
    /// equations of torch.nn.LSTM, GRU and RNN in double precision.
    @Test(arguments: BitIdentityTests.shapes)
    func gatesAreThoseOfTheEquations(shape: BitIdentityTests.Shape) throws {
        let network = try Network.random(config: shape.config, seed: 9)
        let source = RandomWeights(config: shape.config, seed: 9)
        let kernels = try Kernels()
        let reference = GateReference(config: shape.config, source: source)
        let runner = NetworkRunner(network: network, kernels: kernels, maxBatch: 1)
        var states = try StateSlab(layout: network.stateLayout, capacity: 2)
        for token in [3, 70, 3, 41, 12] as [Int32] {
            states.copy(from: 0, to: 1)
            runner.advance(tokens: [token], slots: [0], states: &states)
            for layer in 0..<shape.config.layers {
                let gates = runner.gates(
                    layer: layer, token: token, before: 1, after: 0, states: states)
                let below = (0..<layer).map {
                    Vectors(states.values(slot: 0), $0, states.layout).h
                }
                let before = Vectors(states.values(slot: 1), layer, states.layout)
                let expected = reference.gates(
                    layer: layer, x: reference.input(token: token, below: below), h: before.h)
                for (found, expected) in zip(gates, expected) {
                    #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 2e-6 })
                }
            }
        }
    }
}

/// The gates of a layer in double precision.
private struct GateReference {
    let config: ModelConfig
    private let tensors: [String: [Float]]

    init(config: ModelConfig, source: RandomWeights) {
        self.config = config
        tensors = Dictionary(
            uniqueKeysWithValues: config.tensors.map { ($0.name, source.values(of: $0)) })
    }

    /// The input of a layer, from the h of all layers below.
    func input(token: Int32, below: [[Float]]) -> [Double] {
        let size = config.embeddingSize
        let embedding = (tensors["embedding.weight"] ?? [])[
            Int(token) * size..<(Int(token) + 1) * size]
        var x = embedding.map(Double.init)
        for (layer, h) in below.enumerated() {
            let h = h.map(Double.init)
            switch config.skip {
            case .dense: x += h
            case .residual where layer > 0: x = zip(h, x).map { $0 + $1 }
            case .highway where layer > 0: x = mixed(layer, h, x)
            case .none, .residual, .highway: x = h
            }
        }
        return x
    }

    private func mixed(_ layer: Int, _ h: [Double], _ x: [Double]) -> [Double] {
        let weight = (tensors["highway.weight_l\(layer)"] ?? []).map(Double.init)
        let bias = tensors["highway.bias_l\(layer)"] ?? []
        return x.indices.map { unit in
            let row = weight[unit * x.count..<(unit + 1) * x.count]
            let sum = zip(row, x).reduce(Double(bias[unit])) { $0 + $1.0 * $1.1 }
            let t = 1 / (1 + exp(-sum))
            return t * h[unit] + (1 - t) * x[unit]
        }
    }

    func gates(layer: Int, x: [Double], h: [Float]) -> [[Double]] {
        let h = h.map(Double.init)
        func sum(_ gate: Int, _ part: String, _ vector: [Double], _ unit: Int) -> Double {
            let row = gate * config.hiddenSize + unit
            let weight = tensors["rnn.weight_\(part)_l\(layer)"] ?? []
            let products = vector.indices.map {
                Double(weight[row * vector.count + $0]) * vector[$0]
            }
            return products.reduce(0, +)
                + Double((tensors["rnn.bias_\(part)_l\(layer)"] ?? [])[row])
        }
        func input(_ gate: Int, _ unit: Int) -> Double { sum(gate, "ih", x, unit) }
        let units = 0..<config.hiddenSize
        func sigmoids(_ gate: Int) -> [Double] {
            units.map { 1 / (1 + exp(-input(gate, $0) - sum(gate, "hh", h, $0))) }
        }
        func sums(_ gate: Int) -> [Double] {
            units.map { input(gate, $0) + sum(gate, "hh", h, $0) }
        }
        switch (config.cell, config.resetGate) {
        case (.lstm, _): return [sigmoids(0), sigmoids(1), sums(2).map(tanh), sigmoids(3)]
        case (.gru, .after):
            let r = sigmoids(0)
            return [
                r, sigmoids(1), units.map { tanh(input(2, $0) + r[$0] * sum(2, "hh", h, $0)) },
            ]
        case (.gru, .before):
            let r = sigmoids(0)
            let resetH = units.map { r[$0] * h[$0] }
            return [
                r, sigmoids(1), units.map { tanh(input(2, $0) + sum(2, "hh", resetH, $0)) },
            ]
        case (.rnn, _):
            return [sums(0).map { config.activation == .tanh ? tanh($0) : max(0, $0) }]
        }
    }
}
