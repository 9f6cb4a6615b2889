import Model

/// One vector of a layer.
enum Vector {
    /// The range of the vector in the values of the state.
    case state(Range<Int>)
    case gate(layer: Int, gate: Int)

    func unit(_ unit: Int, _ model: ModelConfig) -> Quantity {
        switch self {
        case .state(let range): .unit(range.lowerBound + unit)
        case .gate(let layer, let gate): .gate(layer: layer, gate: gate, unit: unit)
        }
    }
}
