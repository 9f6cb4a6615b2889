package import Model

/// A value of the state before and after the token.
package struct UnitReading: Equatable, Sendable {
    package let kind: StateLayout.Kind
    package let layer: Int
    package let unit: Int
    package let value: Float
    package let before: Float

    package var change: Float { value - before }
    /// `c[1][37]`
    package var name: String { "\(kind.rawValue)[\(layer)][\(unit)]" }
}
