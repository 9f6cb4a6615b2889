import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

extension ModelConfig.Cell {
    /// The names of the gates, in PyTorch's order. An RNN has no gates: its activation is h.
    package var gateNames: [String] {
        switch self {
        case .lstm: ["i", "f", "g", "o"]
        case .gru: ["r", "z", "n"]
        case .rnn: []
        }
    }
}

extension NetworkRunner {
    /// The gates of one layer for one token of a stream, `[G][H]`: i, f, g, o of an LSTM, r, z, n
    /// of a GRU, the new h of an RNN.
    ///
    /// `before` and `after` are slots with the stream's state before and after that step of
    /// `advance`. The new state follows from these values bit for bit.
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
