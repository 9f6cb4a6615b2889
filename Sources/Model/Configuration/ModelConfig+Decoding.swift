import StrictJSON

extension ModelConfig {
    /// Reads `config.json` strictly: every key must be known, present if required, of the right
    /// type, in range, and consistent with the others.
    package static func decode(_ bytes: [UInt8], file: String) throws(ModelError) -> ModelConfig {
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes[...])
        } catch {
            throw ModelError(
                .malformed, file: file, part: "byte \(error.offset)", found: error.found,
                expected: error.expected)
        }
        let keys = try JSONObject(value, known: knownKeys, file: file)
        return try decode(keys)
    }

    /// Every key of a config.json. Keys of nested objects follow a period.
    package static let allKeys =
        knownKeys + headKeys.map { "heads.\($0)" }
        + sentimentKeys.map { "heads.sentiment.\($0)" }

    private static let headKeys = ["next", "sentiment"]
    private static let sentimentKeys = ["classes", "pooling", "ngrams"]
    private static let knownKeys = [
        "format", "cell", "activation", "reset_gate", "layers", "skip", "bidirectional",
        "embedding_size", "hidden_size", "vocab_size", "tie_weights", "tokenizer", "start_token",
        "separator", "heads",
    ]

    private static func decode(_ keys: JSONObject<ModelError>) throws(ModelError) -> ModelConfig {
        let format = try keys.string("format")
        guard format == Self.format else {
            throw keys.error("format", .unsupported, expected: "\"\(Self.format)\"")
        }
        var config = ModelConfig(
            cell: try keys.choice("cell"),
            layers: try keys.integer("layers", in: layerRange),
            embeddingSize: try keys.integer("embedding_size", in: sizeRange),
            hiddenSize: try keys.integer("hidden_size", in: sizeRange),
            vocabularySize: try keys.integer("vocab_size", in: vocabularyRange))
        config.tokenizer = try keys.choice("tokenizer")
        config.heads = try heads(keys)
        if keys.has("separator") { config.separator = try separator(keys) }
        if keys.has("start_token") {
            let range = 0...config.vocabularySize - 1
            config.startToken = try keys.integer("start_token", in: range)
        }
        try config.decodeCellOptions(keys)
        if keys.has("skip") { config.skip = try keys.choice("skip") }
        if keys.has("bidirectional") { config.bidirectional = try keys.bool("bidirectional") }
        if keys.has("tie_weights") { config.tieWeights = try keys.bool("tie_weights") }
        if let (key, expected) = config.contradictions.first {
            throw keys.error(key, .wrongValue, expected: expected)
        }
        return config
    }

    private static func separator(_ keys: JSONObject<ModelError>) throws(ModelError) -> String {
        let separator = try keys.string("separator")
        guard separator.utf8.count <= separatorLimit else {
            throw keys.error(
                "separator", .wrongValue, found: "\(separator.utf8.count) bytes",
                expected: "at most \(separatorLimit): it is read between all messages")
        }
        return separator
    }

    private mutating func decodeCellOptions(_ keys: JSONObject<ModelError>) throws(ModelError) {
        if keys.has("activation") {
            activation = try keys.choice("activation")
            guard cell == .rnn else {
                throw keys.error("activation", .wrongValue, expected: "this key only with cell rnn")
            }
        }
        if keys.has("reset_gate") {
            resetGate = try keys.choice("reset_gate")
            guard cell == .gru else {
                throw keys.error("reset_gate", .wrongValue, expected: "this key only with cell gru")
            }
        }
    }

    private static func heads(_ keys: JSONObject<ModelError>) throws(ModelError) -> Heads {
        let inner = try keys.object("heads", known: headKeys)
        var heads = Heads()
        if inner.has("next") { heads.next = try inner.bool("next") }
        if inner.has("sentiment") {
            let sentiment = try inner.object("sentiment", known: sentimentKeys)
            guard try sentiment.integer("classes", in: 1...Int.max) == 1 else {
                throw sentiment.error(
                    "classes", .unsupported,
                    expected: "1: sentiment is one logit, the log-odds of positive")
            }
            heads.sentiment = true
            if sentiment.has("pooling") {
                heads.sentimentPooling = try sentiment.choice("pooling")
            }
            if sentiment.has("ngrams") {
                heads.sentimentNGrams = try sentiment.integer("ngrams", in: 0...NGram.longest)
            }
        }
        return heads
    }
}
