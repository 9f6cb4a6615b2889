import Kernels

extension ModelConfig.Cell {
    /// The gates, in PyTorch's order. An RNN has none: its activation is h.
    package var gateNames: [String] {
        switch self {
        case .lstm: ["i", "f", "g", "o"]
        case .gru: ["r", "z", "n"]
        case .rnn: []
        }
    }
}

extension NetworkRunner {
    /// What the gates of one layer did when a stream read a token, `[G][H]`: i, f, g, o of an LSTM,
    /// r, z, n of a GRU, the new h of an RNN.
    ///
    /// `before` and `after` are slots that hold the stream's state before and after that step of
    /// `advance`, which follows from these values bit for bit.
    package func gates(
        layer: Int, token: Int32, before: Int32, after: Int32, states: borrowing StateSlab
    ) -> [[Float]] {
        precondition(states.layout == network.stateLayout, "states of another network")
        let weights = network.layers[layer].weights
        var gates: [[Float]] = []
        unsafe states.withRows(layer: layer, kind: .h) { hidden in
            if layer == 0 {
                unsafe network.withTokenRows { input in
                    unsafe gates = kernels.gates(
                        weights, input: input, inputIndex: token, hidden: hidden, slot: before)
                }
            } else {
                unsafe withInput(ofLayer: layer, token: token, slot: after, states) { input, row in
                    unsafe gates = kernels.gates(
                        weights, input: .values(input), inputIndex: row, hidden: hidden,
                        slot: before)
                }
            }
        }
        return gates
    }
}
