extension ModelConfig {
    /// Settings that contradict other settings: the key in config.json, and the expected value.
    package var contradictions: [(key: String, expected: String)] {
        let rules: [(isBroken: Bool, key: String, expected: String)] = [
            (!heads.next && !heads.sentiment, "heads", "at least one head"),
            (
                bidirectional && heads.next, "bidirectional",
                "false for a network with a next-token head: the reverse direction reads the "
                    + "tokens that must be predicted"
            ),
            (
                bidirectional && heads.sentimentPooling != .last, "bidirectional",
                "false with sentiment pooling \"\(heads.sentimentPooling.rawValue)\": both "
                    + "directions are read at their ends; only \"last\" does so"
            ),
            (
                bidirectional && heads.sentimentNGrams > 0, "bidirectional",
                "false with n-grams, which are summed token by token"
            ),
            (tieWeights && !heads.next, "tie_weights", "false without a next-token head"),
            (
                tieWeights && embeddingSize != hiddenSize, "tie_weights",
                "false, or equal sizes, not embedding_size \(embeddingSize) and hidden_size "
                    + "\(hiddenSize)"
            ),
        ]
        return rules.filter(\.isBroken).map { ($0.key, $0.expected) }
    }
}
