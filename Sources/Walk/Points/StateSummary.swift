package import Model

/// The Euclidean norm.
package func euclideanNorm(of values: some Sequence<Float>) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}

/// The norm of the difference; of vectors of one length.
package func distance(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Double {
    zip(a, b).reduce(0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
    }
    .squareRoot()
}

extension ModelConfig {
    /// Whether layers have c beside h.
    package var hasCell: Bool { cell == .lstm }

    /// Whether states and gates of both have the same parts.
    func hasSameState(as other: ModelConfig) -> Bool {
        (cell, layers, hiddenSize) == (other.cell, other.layers, other.hiddenSize)
    }

    /// Where a vector stands among the values of a state: h0, c0, h1, c1, …
    package func values(of kind: StateLayout.Kind, layer: Int) -> Range<Int> {
        let vector = layer * (hasCell ? 2 : 1) + (kind == .h ? 0 : 1)
        return vector * hiddenSize..<(vector + 1) * hiddenSize
    }
}

/// One vector of a state, as a whole.
package struct VectorSummary: Equatable, Sendable {
    package let kind: StateLayout.Kind
    package let layer: Int
    package let norm: Double
    /// The norm of its change by the token.
    package let change: Double
}

/// A value of the state, and what it was before the token.
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

extension WalkPoint {
    package var vectors: [VectorSummary] {
        (0..<layout.layers).flatMap { layer in
            layout.kinds.map { kind in
                let range = model.config.values(of: kind, layer: layer)
                return VectorSummary(
                    kind: kind, layer: layer, norm: euclideanNorm(of: values[range]),
                    change: distance(values[range], before[range]))
            }
        }
    }

    /// The units with the largest values, whatever their sign.
    package func strongestUnits(_ count: Int) -> [UnitReading] {
        units(count) { abs(values[$0]) }
    }

    /// The units that the token changed most.
    package func mostChangedUnits(_ count: Int) -> [UnitReading] {
        units(count) { abs(values[$0] - before[$0]) }
    }

    private func units(_ count: Int, by size: (Int) -> Float) -> [UnitReading] {
        let sizes = values.indices.map(size)
        return values.indices.sorted { (sizes[$0], $1) > (sizes[$1], $0) }.prefix(count)
            .map(unit)
    }

    private func unit(at index: Int) -> UnitReading {
        let (vector, unit) = index.quotientAndRemainder(dividingBy: layout.hiddenSize)
        let (layer, kind) = vector.quotientAndRemainder(dividingBy: layout.kinds.count)
        return UnitReading(
            kind: layout.kinds[kind], layer: layer, unit: unit, value: values[index],
            before: before[index])
    }
}
