import Model
import Testing

@testable import Training

@Suite struct InitialisationTests {
    private func weights(
        _ method: Initialisation.Method, _ name: String, scale: Double = 1
    ) -> [Double] {
        var config = SmallNetworks.smallConfig(layers: 2, skip: .highway)
        config.hiddenSize = 24
        config.embeddingSize = 40
        var initialisation = Initialisation()
        initialisation.input = method
        initialisation.recurrent = method
        initialisation.recurrentScale = scale
        let parameters = ParameterSet<Double>(config: config)
        initialisation.fill(parameters, config: config, seed: 5)
        return parameters[name].values
    }

    /// Every gate's block is a rotation times the scale: its rows are orthogonal and have that
    /// norm.
    @Test(arguments: [1.0, 0.5]) func orthogonalBlocksAreRotations(scale: Double) {
        let values = weights(.orthogonal, "rnn.weight_hh_l0", scale: scale)
        for gate in 0..<4 {
            let rows = (0..<24).map { row in
                Array(values[(gate * 24 + row) * 24..<(gate * 24 + row + 1) * 24])
            }
            for (i, x) in rows.enumerated() {
                for (j, y) in rows.enumerated() {
                    let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
                    #expect(abs(product - (i == j ? scale * scale : 0)) < 1e-12)
                }
            }
        }
    }

    @Test func theRangesAreThoseOfThePapers() {
        let xavier = weights(.xavier, "rnn.weight_ih_l0")
        let bound = (6.0 / (24 + 40)).squareRoot()
        #expect(xavier.allSatisfy { abs($0) <= bound } && xavier.contains { abs($0) > 0.9 * bound })
        let he = weights(.he, "rnn.weight_ih_l0")
        let variance = he.reduce(0) { $0 + $1 * $1 } / Double(he.count)
        #expect(abs(variance / (2.0 / 40) - 1) < 0.1)
        let uniform = weights(.uniform, "rnn.weight_hh_l1")
        #expect(uniform.allSatisfy { abs($0) <= 1 / 24.0.squareRoot() })
        let identity = weights(.identity, "rnn.weight_hh_l0")
        #expect(identity.enumerated().allSatisfy { $1 == ($0 / 24 % 24 == $0 % 24 ? 1 : 0) })
    }

    @Test func onlyTheForgetGateAndHighwaysHaveABias() {
        let bias = weights(.uniform, "rnn.bias_ih_l0")
        #expect(bias.enumerated().allSatisfy { $1 == ((24..<48).contains($0) ? 1 : 0) })
        #expect(weights(.uniform, "rnn.bias_hh_l0").allSatisfy { $0 == 0 })
        #expect(weights(.uniform, "highway.bias_l1").allSatisfy { $0 == -1 })
    }
}
