import Kernels

/// Where things stand in one stream's state: for each layer h `[H padded]`, then, for an LSTM,
/// c `[H padded]`. Padding is always zero. A bidirectional network's has nothing.
package struct StateLayout: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable { case h, c }

    package let layers: Int
    /// H
    package let hiddenSize: Int
    /// Whether each layer has c beside h.
    package let hasCell: Bool

    package init(layers: Int, hiddenSize: Int, hasCell: Bool) {
        self.layers = layers
        self.hiddenSize = hiddenSize
        self.hasCell = hasCell
    }

    package var paddedHiddenSize: Int { Kernels.paddedSize(hiddenSize) }
    package var kinds: [Kind] { hasCell ? [.h, .c] : [.h] }
    private var vectors: Int { layers * (hasCell ? 2 : 1) }
    package var floatsPerStream: Int { vectors * paddedHiddenSize }
    /// Floats of a state without its padding, as it is stored and sent.
    package var valueCount: Int { vectors * hiddenSize }
    package var bytesPerStream: Int { floatsPerStream * MemoryLayout<Float>.stride }

    /// Floats before the vector of that layer.
    package func offset(layer: Int, kind: Kind) -> Int {
        precondition(layer < layers && (kind == .h || hasCell), "no such vector in the state")
        let vector = layer * (hasCell ? 2 : 1) + (kind == .h ? 0 : 1)
        return vector * paddedHiddenSize
    }

    /// Of each vector in order: `h0`, `c0`, `h1`, `c1`, …
    package var names: [String] {
        (0..<layers).flatMap { layer in kinds.map { "\($0.rawValue)\(layer)" } }
    }
}
