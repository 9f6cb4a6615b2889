import Model

extension SessionPoint {
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

    /// The units with the largest absolute values.
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
