package import Model

extension ModelConfig {
    /// Whether layers have c as well as h.
    package var hasCell: Bool { cell == .lstm }

    /// Whether states and gates of both have the same parts.
    func hasSameState(as other: ModelConfig) -> Bool {
        (cell, layers, hiddenSize) == (other.cell, other.layers, other.hiddenSize)
    }

    /// The range of a vector in the values of a state: h0, c0, h1, c1, …
    package func values(of kind: StateLayout.Kind, layer: Int) -> Range<Int> {
        let vector = layer * (hasCell ? 2 : 1) + (kind == .h ? 0 : 1)
        return vector * hiddenSize..<(vector + 1) * hiddenSize
    }
}
