package import Model

/// One vector of a state, as a whole.
package struct VectorSummary: Equatable, Sendable {
    package let kind: StateLayout.Kind
    package let layer: Int
    package let norm: Double
    /// The norm of its change by the token.
    package let change: Double
}
