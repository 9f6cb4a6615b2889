import Kernels

/// The layout of one stream's state: for each layer h `[H padded]`, then, for an LSTM, c `[H
/// padded]`. Padding is always zero. The state of a bidirectional network is empty.
package struct StateLayout: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable { case h, c }

    package let layers: Int
    /// H
    package let hiddenSize: Int
    /// Whether each layer has a c.
    package let hasCell: Bool

    package var paddedHiddenSize: Int { Kernels.paddedSize(hiddenSize) }
    package var kinds: [Kind] { hasCell ? [.h, .c] : [.h] }
    private var vectors: Int { layers * (hasCell ? 2 : 1) }
    package var floatsPerStream: Int { vectors * paddedHiddenSize }
    /// The floats of a state without padding, as stored and sent.
    package var valueCount: Int { vectors * hiddenSize }
    package var bytesPerStream: Int { floatsPerStream * MemoryLayout<Float>.stride }

    /// The offset of a layer's vector, in floats.
    package func offset(layer: Int, kind: Kind) -> Int {
        precondition(layer < layers && (kind == .h || hasCell), "no such vector in the state")
        let vector = layer * (hasCell ? 2 : 1) + (kind == .h ? 0 : 1)
        return vector * paddedHiddenSize
    }

    /// The names of the vectors, in order: `h0`, `c0`, `h1`, `c1`, …
    package var names: [String] {
        (0..<layers).flatMap { layer in kinds.map { "\($0.rawValue)\(layer)" } }
    }
}
