package import Kernels

extension ModelConfig {
    /// The cell as the kernels name it.
    package var recurrentCell: RecurrentCell {
        switch (cell, resetGate, activation) {
        case (.lstm, _, _): .lstm
        case (.gru, .after, _): .gruResetAfter
        case (.gru, .before, _): .gruResetBefore
        case (.rnn, _, .tanh): .rnnTanh
        case (.rnn, _, .relu): .rnnReLU
        }
    }
}

extension RecurrentCell {
    /// A network of one layer of this cell.
    package func config(hiddenSize: Int, embeddingSize: Int, vocabularySize: Int) -> ModelConfig {
        var config = ModelConfig(
            cell: .lstm, layers: 1, embeddingSize: embeddingSize, hiddenSize: hiddenSize,
            vocabularySize: vocabularySize)
        switch self {
        case .lstm: break
        case .gruResetAfter: config.cell = .gru
        case .gruResetBefore:
            config.cell = .gru
            config.resetGate = .before
        case .rnnTanh: config.cell = .rnn
        case .rnnReLU:
            config.cell = .rnn
            config.activation = .relu
        }
        return config
    }

    /// The name in tables and model cards: `GRU (reset before)`.
    package var name: String {
        switch self {
        case .lstm: "LSTM"
        case .gruResetAfter: "GRU"
        case .gruResetBefore: "GRU (reset before)"
        case .rnnTanh: "RNN tanh"
        case .rnnReLU: "RNN ReLU"
        }
    }
}
