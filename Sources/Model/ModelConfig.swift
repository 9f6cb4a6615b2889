/// What a network is: the contents of a model folder's `config.json`.
package struct ModelConfig: Sendable, Equatable {
    package enum Cell: String, CaseIterable, Sendable {
        case lstm, gru, rnn

        /// Blocks of H rows in `weight_ih` and `weight_hh`: LSTM i,f,g,o; GRU r,z,n.
        package var gates: Int {
            switch self {
            case .lstm: 4
            case .gru: 3
            case .rnn: 1
            }
        }
    }

    /// The nonlinearity of an `rnn` cell.
    package enum Activation: String, CaseIterable, Sendable { case tanh, relu }

    /// Where a GRU applies its reset gate: after the product with `weight_hn` (PyTorch, cuDNN) or
    /// before it (Cho et al. 2014).
    package enum ResetGate: String, CaseIterable, Sendable { case after, before }

    package enum TokenizerKind: String, CaseIterable, Sendable { case bpe, bytes }

    package struct Heads: Sendable, Equatable {
        /// Logits of the next token after every token.
        package var next = true
        /// One logit of positive sentiment after every token.
        package var sentiment = false

        package init(next: Bool = true, sentiment: Bool = false) {
            self.next = next
            self.sentiment = sentiment
        }
    }

    package static let format = "sluice/1"
    package static let layerRange = 1...8
    package static let sizeRange = 1...16_384
    package static let vocabularyRange = 2...1_048_576

    package var cell: Cell
    package var activation = Activation.tanh
    package var resetGate = ResetGate.after
    package var layers: Int
    /// E
    package var embeddingSize: Int
    /// H
    package var hiddenSize: Int
    /// V
    package var vocabularySize: Int
    /// Whether the vocabulary head's weights are the embedding's.
    package var tieWeights = false
    package var tokenizer = TokenizerKind.bytes
    /// Read before a stream's first token.
    package var startToken: Int?
    /// Text read between two complete messages.
    package var separator = ""
    package var heads = Heads()

    package init(
        cell: Cell, layers: Int, embeddingSize: Int, hiddenSize: Int, vocabularySize: Int
    ) {
        self.cell = cell
        self.layers = layers
        self.embeddingSize = embeddingSize
        self.hiddenSize = hiddenSize
        self.vocabularySize = vocabularySize
    }
}

extension ModelConfig {
    /// The tensors that a network of this configuration has, by PyTorch's names.
    package var tensors: [TensorSpec] {
        var tensors = [TensorSpec("embedding.weight", [vocabularySize, embeddingSize])]
        let rows = cell.gates * hiddenSize
        for layer in 0..<layers {
            let input = layer == 0 ? embeddingSize : hiddenSize
            tensors.append(TensorSpec("rnn.weight_ih_l\(layer)", [rows, input]))
            tensors.append(TensorSpec("rnn.weight_hh_l\(layer)", [rows, hiddenSize]))
            tensors.append(TensorSpec("rnn.bias_ih_l\(layer)", [rows]))
            tensors.append(TensorSpec("rnn.bias_hh_l\(layer)", [rows]))
        }
        if heads.next {
            if !tieWeights {
                tensors.append(TensorSpec("decoder.weight", [vocabularySize, hiddenSize]))
            }
            tensors.append(TensorSpec("decoder.bias", [vocabularySize]))
        }
        if heads.sentiment {
            tensors.append(TensorSpec("sentiment.weight", [1, hiddenSize]))
            tensors.append(TensorSpec("sentiment.bias", [1]))
        }
        return tensors
    }

    /// One text for all spellings of the same configuration: every setting, in a fixed order, with
    /// defaults written out. The fingerprint is taken over it.
    var canonical: String {
        let separator = separator.utf8.map { String($0) }.joined(separator: ",")
        return """
            format=\(Self.format)
            cell=\(cell.rawValue)
            activation=\(activation.rawValue)
            reset_gate=\(resetGate.rawValue)
            layers=\(layers)
            embedding_size=\(embeddingSize)
            hidden_size=\(hiddenSize)
            vocab_size=\(vocabularySize)
            tie_weights=\(tieWeights)
            tokenizer=\(tokenizer.rawValue)
            start_token=\(startToken.map(String.init) ?? "none")
            separator=[\(separator)]
            heads.next=\(heads.next)
            heads.sentiment=\(heads.sentiment ? 1 : 0)
            """
    }
}
