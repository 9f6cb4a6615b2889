package import Model

/// Floating-point operations of one token's matrix products; nothing else is counted.
package struct WorkPerToken: Equatable, Sendable {
    /// Of all recurrent layers.
    package let cells: Double
    /// Of the vocabulary head.
    package let head: Double

    /// - Parameter inputTable: layer 0 looks its input products up, so they are not done.
    package init(_ config: ModelConfig, inputTable: Bool) {
        let rows = Double(config.cell.gates * config.hiddenSize)
        let hidden = Double(config.hiddenSize)
        let inputs =
            (inputTable ? 0 : Double(config.embeddingSize)) + Double(config.layers - 1) * hidden
        cells = 2 * rows * (inputs + Double(config.layers) * hidden)
        head = config.heads.next ? 2 * hidden * Double(config.vocabularySize) : 0
    }
}
