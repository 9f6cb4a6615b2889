internal import Glibc
package import Kernels
internal import Model
internal import Randomness

/// The initialisation of a cell for a memory task.
package struct MemoryStart: Sendable, Equatable {
    /// The method for recurrent weights, gate by gate.
    package var recurrent: Initialisation.Method
    /// The bias of an LSTM's forget gate or a GRU's update gate. Nil: depends on the length of the
    /// texts.
    package var gateBias: Double?

    package init(recurrent: Initialisation.Method, gateBias: Double? = nil) {
        self.recurrent = recurrent
        self.gateBias = gateBias
    }

    /// The name in tables.
    package var name: String {
        switch recurrent {
        case .uniform: "uniform"
        case .xavier: "Xavier"
        case .he: "He"
        case .orthogonal: "rotation"
        case .identity: "identity"
        }
    }

    /// The initialisations to compare: the usual one and, for cells without gates, the one that
    /// helps them (Le, Jaitly and Hinton 2015; Arjovsky, Shah and Bengio 2016).
    package static func usual(for cell: RecurrentCell) -> [MemoryStart] {
        switch cell {
        case .rnnTanh: [MemoryStart(recurrent: .uniform), MemoryStart(recurrent: .orthogonal)]
        case .rnnReLU: [MemoryStart(recurrent: .uniform), MemoryStart(recurrent: .identity)]
        case .lstm, .gruResetAfter, .gruResetBefore: [MemoryStart(recurrent: .uniform)]
        }
    }

    /// Gives all parameters their initial values.
    ///
    /// Without `gateBias`, the units' time scales range from 1 to `length` steps (chrono
    /// initialisation): the bias of a forget or update gate is ln u with u uniform in [1, length],
    /// and that of an LSTM's input gate is -ln u (Tallec and Ollivier 2018, section 2.2).
    func fill(_ parameters: ParameterSet<Float>, config: ModelConfig, length: Int, seed: UInt64) {
        var initialisation = Initialisation()
        initialisation.recurrent = recurrent
        initialisation.forgetBias = 0
        initialisation.fill(parameters, config: config, seed: seed)
        guard config.cell != .rnn else { return }
        let size = config.hiddenSize
        var random = SeededRandom(seed: seed, purpose: "gate biases")
        let bias = parameters["rnn.bias_ih_l0"]
        var values = bias.values
        for unit in 0..<size {
            let spread = Float(log(1 + random.uniform() * Double(length - 1)))
            // The second block of rows: f of i, f, g, o, and z of r, z, n.
            values[size + unit] = gateBias.map { Float($0) } ?? spread
            if gateBias == nil, config.cell == .lstm { values[unit] = -spread }
        }
        bias.values = values
    }
}
