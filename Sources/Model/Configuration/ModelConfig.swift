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

    /// What a layer adds to its output, or reads beside the output of the layer below, from the
    /// second layer on.
    package enum Skip: String, CaseIterable, Sendable {
        case none
        /// y = h + x (He et al. 2016; for recurrent layers Kim et al. 2017).
        case residual
        /// y = t * h + (1 - t) * x with t = sigmoid(W x + b) (Srivastava et al. 2015, equation 3).
        case highway
        /// x = the embedding and the outputs of all layers below, side by side (Huang et al. 2017;
        /// for recurrent layers Godin et al. 2017).
        case dense
    }

    /// What the sentiment of a message is read from.
    package enum SentimentPooling: String, CaseIterable, Sendable {
        /// The last layer's output after the latest token.
        case last
        /// The average of what all of the message's tokens so far have said; see `SentimentPool`.
        case gated
    }

    package enum TokenizerKind: String, CaseIterable, Sendable { case bpe, bytes }

    package struct Heads: Sendable, Equatable {
        /// Logits of the next token after every token.
        package var next = true
        /// One logit of positive sentiment after every token.
        package var sentiment = false
        package var sentimentPooling = SentimentPooling.last
        /// Tokens of the longest n-grams whose log-count ratios add to the sentiment; 0 for none. See
        /// `SentimentNGrams`.
        package var sentimentNGrams = 0

        package init(
            next: Bool = true, sentiment: Bool = false, sentimentPooling: SentimentPooling = .last,
            sentimentNGrams: Int = 0
        ) {
            self.next = next
            self.sentiment = sentiment
            self.sentimentPooling = sentimentPooling
            self.sentimentNGrams = sentimentNGrams
        }

        /// Rows of `sentiment.weight`.
        package var sentimentRows: Int { sentimentPooling == .gated ? 2 : 1 }
    }

    package static let format = "sluice/1"
    package static let layerRange = 1...8
    package static let sizeRange = 1...16_384
    /// Most bytes of `separator`.
    package static let separatorLimit = 1024
    /// Tokens of the longest n-gram that the sentiment head may count.
    package static let longestNGram = 3
    package static let vocabularyRange = 2...1_048_576

    package var cell: Cell
    package var activation = Activation.tanh
    package var resetGate = ResetGate.after
    package var layers: Int
    package var skip = Skip.none
    /// Whether each layer reads a whole message in both directions; there is no next token to
    /// predict then.
    package var bidirectional = false
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
    /// 2 for a bidirectional network.
    package var directions: Int { bidirectional ? 2 : 1 }

    /// Width of each layer's output: of a bidirectional one the forward h and then the reverse h.
    package var layerWidth: Int { directions * hiddenSize }

    /// Width of what a layer reads.
    package func inputSize(ofLayer layer: Int) -> Int {
        if layer == 0 { return embeddingSize }
        return skip == .dense ? embeddingSize + layer * layerWidth : layerWidth
    }

    /// The tensors that a network of this configuration has, by PyTorch's names.
    package var tensors: [TensorSpec] {
        var tensors = [TensorSpec("embedding.weight", [vocabularySize, embeddingSize])]
        for layer in 0..<layers { tensors += layerTensors(layer) }
        if heads.next {
            if !tieWeights {
                tensors.append(TensorSpec("decoder.weight", [vocabularySize, hiddenSize]))
            }
            tensors.append(TensorSpec("decoder.bias", [vocabularySize]))
        }
        if heads.sentiment {
            tensors.append(TensorSpec("sentiment.weight", [heads.sentimentRows, layerWidth]))
            tensors.append(TensorSpec("sentiment.bias", [heads.sentimentRows]))
        }
        return tensors
    }

    private func layerTensors(_ layer: Int) -> [TensorSpec] {
        let (rows, input) = (cell.gates * hiddenSize, inputSize(ofLayer: layer))
        var tensors: [TensorSpec] = []
        for suffix in ["", "_reverse"].prefix(directions) {
            tensors.append(TensorSpec("rnn.weight_ih_l\(layer)\(suffix)", [rows, input]))
            tensors.append(TensorSpec("rnn.weight_hh_l\(layer)\(suffix)", [rows, hiddenSize]))
            tensors.append(TensorSpec("rnn.bias_ih_l\(layer)\(suffix)", [rows]))
            tensors.append(TensorSpec("rnn.bias_hh_l\(layer)\(suffix)", [rows]))
        }
        if skip == .highway && layer > 0 {
            tensors.append(TensorSpec("highway.weight_l\(layer)", [layerWidth, layerWidth]))
            tensors.append(TensorSpec("highway.bias_l\(layer)", [layerWidth]))
        }
        return tensors
    }

    /// One text for all spellings of the same configuration: every setting, in a fixed order, with
    /// defaults written out. The fingerprint is taken over it, so settings that came later are left
    /// out at their defaults.
    var canonical: String {
        let separator = separator.utf8.map { String($0) }.joined(separator: ",")
        var later = skip == .none ? "" : "\nskip=\(skip.rawValue)"
        if bidirectional { later += "\nbidirectional=true" }
        if heads.sentimentPooling != .last {
            later += "\nheads.sentiment.pooling=\(heads.sentimentPooling.rawValue)"
        }
        if heads.sentimentNGrams > 0 {
            later += "\nheads.sentiment.ngrams=\(heads.sentimentNGrams)"
        }
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
            heads.sentiment=\(heads.sentiment ? 1 : 0)\(later)
            """
    }
}
