package import Model

/// The recurrent cells by what their equations are.
package enum TrainedCell: Sendable, Equatable {
    case lstm, gruResetAfter, gruResetBefore, rnnTanh, rnnReLU

    package init(_ config: ModelConfig) {
        switch config.cell {
        case .lstm: self = .lstm
        case .gru: self = config.resetGate == .after ? .gruResetAfter : .gruResetBefore
        case .rnn: self = config.activation == .tanh ? .rnnTanh : .rnnReLU
        }
    }

    var gates: Int {
        switch self {
        case .lstm: 4
        case .gruResetAfter, .gruResetBefore: 3
        case .rnnTanh, .rnnReLU: 1
        }
    }
}
