internal import CKernels

/// The recurrent cells that the kernels compute, with PyTorch's gate order.
package enum RecurrentCell: Sendable, CaseIterable {
    /// Gates i, f, g, o.
    case lstm
    /// Gates r, z, n; n = tanh(W_in x + b_in + r * (W_hn h + b_hn)).
    case gruResetAfter
    /// Gates r, z, n; n = tanh(W_in x + b_in + W_hn (r * h) + b_hn).
    case gruResetBefore
    case rnnTanh
    case rnnReLU

    /// G in PyTorch's shapes `weight_ih [G*H, E]`, `weight_hh [G*H, H]`, `bias [G*H]`.
    package var gates: Int {
        switch self {
        case .lstm: 4
        case .gruResetAfter, .gruResetBefore: 3
        case .rnnTanh, .rnnReLU: 1
        }
    }

    /// Whether a state has c.
    package var hasCellState: Bool { self == .lstm }

    var cValue: sluice_cell {
        switch self {
        case .lstm: SLUICE_LSTM
        case .gruResetAfter: SLUICE_GRU_RESET_AFTER
        case .gruResetBefore: SLUICE_GRU_RESET_BEFORE
        case .rnnTanh: SLUICE_RNN_TANH
        case .rnnReLU: SLUICE_RNN_RELU
        }
    }
}
