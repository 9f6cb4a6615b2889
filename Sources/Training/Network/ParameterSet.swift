package import Model

/// All parameters of a network, in the order of `ModelConfig.tensors`.
package final class ParameterSet<Scalar: TrainingScalar>: Sendable {
    package let all: [Parameter<Scalar>]
    private let indices: [String: Int]

    package init(config: ModelConfig) {
        all = config.tensors.map { spec in
            let (rows, columns) = config.segments(of: spec)
            return Parameter(spec, rows: rows, columns: columns)
        }
        indices = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.name, $0) })
    }

    package subscript(name: String) -> Parameter<Scalar> {
        guard let index = indices[name] else { preconditionFailure("no parameter \(name)") }
        return all[index]
    }

    package func clearGradients(_ pool: ThreadPool) {
        for parameter in all {
            pool.parallelFor(parameter.gradient.rows) { rows, _ in
                parameter.gradient.row(rows.lowerBound, count: rows.count).fill(0)
            }
        }
    }
}

extension ModelConfig {
    /// The segments of a tensor's dimensions, which are padded separately. Rows are nil for a
    /// vector.
    fileprivate func segments(of spec: TensorSpec) -> (rows: [Int]?, columns: [Int]) {
        let gates = Array(repeating: hiddenSize, count: cell.gates)
        let output = Array(repeating: hiddenSize, count: directions)
        let name = spec.name
        if name.hasPrefix("rnn.bias") { return (nil, gates) }
        if name.hasPrefix("rnn.weight_hh") { return (gates, [hiddenSize]) }
        if name.hasPrefix("rnn.weight_ih") { return (gates, inputSegments(name, output)) }
        if name.hasPrefix("highway.weight") { return (output, output) }
        if name.hasPrefix("highway.bias") { return (nil, output) }
        switch name {
        case "embedding.weight": return ([vocabularySize], [embeddingSize])
        case "decoder.weight": return ([vocabularySize], output)
        case "decoder.bias": return (nil, [vocabularySize])
        case "sentiment.weight": return ([heads.sentimentRows], output)
        case "sentiment.bias": return (nil, [heads.sentimentRows])
        default: preconditionFailure("a tensor that is not trained: \(name)")
        }
    }

    private func inputSegments(_ name: String, _ output: [Int]) -> [Int] {
        guard
            let layer = (0..<layers).first(where: { layer in
                name == "rnn.weight_ih_l\(layer)" || name == "rnn.weight_ih_l\(layer)_reverse"
            })
        else { preconditionFailure("no layer of \(name)") }
        if layer == 0 { return [embeddingSize] }
        guard skip == .dense else { return output }
        return [embeddingSize] + (0..<layer).flatMap { _ in output }
    }
}
