package import Model

/// A summary of one vector of a state.
package struct VectorSummary: Equatable, Sendable {
    package let kind: StateLayout.Kind
    package let layer: Int
    package let norm: Double
    /// The norm of its change by the token.
    package let change: Double
}
