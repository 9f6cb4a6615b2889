/// The configuration of a network: the contents of a model folder's `config.json`.
package struct ModelConfig: Sendable, Equatable {
    package enum Cell: String, CaseIterable, Sendable {
        case lstm, gru, rnn

        /// The number of gates, each a block of H rows in `weight_ih` and `weight_hh`: LSTM i, f,
        /// g, o; GRU r, z, n.
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

    /// Whether a GRU applies its reset gate after the product with `weight_hn` (PyTorch, cuDNN) or
    /// before it (Cho et al. 2014).
    package enum ResetGate: String, CaseIterable, Sendable { case after, before }

    /// The skip connections of the layers above the first.
    package enum Skip: String, CaseIterable, Sendable {
        case none
        /// y = h + x (He et al. 2016; for recurrent layers Kim et al. 2017).
        case residual
        /// y = t * h + (1 - t) * x with t = sigmoid(W x + b) (Srivastava et al. 2015, equation 3).
        case highway
        /// x = the embedding and the outputs of all layers below, concatenated (Huang et al. 2017;
        /// for recurrent layers Godin et al. 2017).
        case dense
    }

    /// The input of the sentiment head.
    package enum SentimentPooling: String, CaseIterable, Sendable {
        /// The last layer's output after the latest token.
        case last
        /// A gated average over all tokens of the message so far; see `SentimentPool`.
        case gated
    }

    package enum TokenizerKind: String, CaseIterable, Sendable { case bpe, bytes }

    package struct Heads: Sendable, Equatable {
        /// Logits of the next token after every token.
        package var next = true
        /// One logit of positive sentiment after every token.
        package var sentiment = false
        package var sentimentPooling = SentimentPooling.last
        /// The maximum length, in tokens, of the n-grams whose log-count ratios add to the
        /// sentiment; 0 for none. See `SentimentNGrams`.
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
    /// The maximum size of `separator`, in bytes.
    package static let separatorLimit = 1024
    package static let vocabularyRange = 2...1_048_576

    package var cell: Cell
    package var activation = Activation.tanh
    package var resetGate = ResetGate.after
    package var layers: Int
    package var skip = Skip.none
    /// Whether each layer reads whole messages in both directions. Such a network has no next-token
    /// head.
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
    /// The token that is read before a stream's first token.
    package var startToken: Int?
    /// The text that is read between two complete messages.
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

    /// The width of each layer's output: H, or 2H for the forward h and then the reverse h.
    package var layerWidth: Int { directions * hiddenSize }

    /// The width of a layer's input.
    package func inputSize(ofLayer layer: Int) -> Int {
        if layer == 0 { return embeddingSize }
        return skip == .dense ? embeddingSize + layer * layerWidth : layerWidth
    }

    /// The tensors of a network of this configuration, with PyTorch's names.
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

    /// The canonical text of the configuration, which the fingerprint covers: every setting in a
    /// fixed order, including defaults. Settings that were added later are omitted at their
    /// defaults, so that older fingerprints stay valid.
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
