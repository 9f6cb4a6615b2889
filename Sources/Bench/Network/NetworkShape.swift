package import Model

/// A network of random weights, by its sizes: `lstm,512,2,512,8192`.
package struct NetworkShape: Equatable, Sendable, CustomStringConvertible {
    package let cell: ModelConfig.Cell
    /// H
    package let hiddenSize: Int
    package let layers: Int
    /// E
    package let embeddingSize: Int
    /// V
    package let vocabularySize: Int

    package static let standard = NetworkShape(
        cell: .lstm, hiddenSize: 512, layers: 2, embeddingSize: 512, vocabularySize: 8192)

    /// For what is about streams, whatever they read.
    package static let small = NetworkShape(
        cell: .gru, hiddenSize: 32, layers: 1, embeddingSize: 32, vocabularySize: 512)

    /// What a shape looks like, for messages.
    package static let format = "cell,hidden,layers,embedding,vocabulary"

    package var description: String {
        "\(cell.rawValue),\(hiddenSize),\(layers),\(embeddingSize),\(vocabularySize)"
    }

    /// With both heads, as a model that is served would have them.
    package var config: ModelConfig {
        var config = ModelConfig(
            cell: cell, layers: layers, embeddingSize: embeddingSize, hiddenSize: hiddenSize,
            vocabularySize: vocabularySize)
        config.heads.sentiment = true
        return config
    }
}

extension NetworkShape {
    /// Nil if the text is no shape, or a size is out of a model's range.
    package init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, let cell = ModelConfig.Cell(rawValue: parts[0]),
            let hidden = Int(parts[1]), ModelConfig.sizeRange.contains(hidden),
            let layers = Int(parts[2]), ModelConfig.layerRange.contains(layers),
            let embedding = Int(parts[3]), ModelConfig.sizeRange.contains(embedding),
            let vocabulary = Int(parts[4]), ModelConfig.vocabularyRange.contains(vocabulary)
        else { return nil }
        self.init(
            cell: cell, hiddenSize: hidden, layers: layers, embeddingSize: embedding,
            vocabularySize: vocabulary)
    }
}
