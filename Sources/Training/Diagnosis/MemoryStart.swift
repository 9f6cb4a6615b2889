internal import Glibc
package import Kernels
internal import Model

/// How a cell begins before it is trained on a memory task.
package struct MemoryStart: Sendable, Equatable {
    /// Of recurrent weights, gate by gate.
    package var recurrent: Initialisation.Method
    /// Of an LSTM's forget gate and a GRU's update gate; nil: as the lengths of texts ask for.
    package var gateBias: Double?

    package init(recurrent: Initialisation.Method, gateBias: Double? = nil) {
        self.recurrent = recurrent
        self.gateBias = gateBias
    }

    /// As in tables.
    package var name: String {
        switch recurrent {
        case .uniform: "uniform"
        case .xavier: "Xavier"
        case .he: "He"
        case .orthogonal: "rotation"
        case .identity: "identity"
        }
    }

    /// What cells are compared with: what is usual for all, and beside it what was found to help one
    /// without gates (Le, Jaitly and Hinton 2015; Arjovsky, Shah and Bengio 2016).
    package static func usual(for cell: RecurrentCell) -> [MemoryStart] {
        switch cell {
        case .rnnTanh: [MemoryStart(recurrent: .uniform), MemoryStart(recurrent: .orthogonal)]
        case .rnnReLU: [MemoryStart(recurrent: .uniform), MemoryStart(recurrent: .identity)]
        case .lstm, .gruResetAfter, .gruResetBefore: [MemoryStart(recurrent: .uniform)]
        }
    }

    /// Gives all parameters their first values.
    ///
    /// Without a bias of the user's own, gates begin to forget after 1 to `length` steps, each unit
    /// after another time: the bias of a forget or update gate is ln u, u being uniform in
    /// [1, length], that of an LSTM's input gate -ln u (Tallec and Ollivier 2018, section 2.2).
    func fill(
        _ parameters: ParameterSet<Float>, config: ModelConfig, length: Int, seed: UInt64
    ) {
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
