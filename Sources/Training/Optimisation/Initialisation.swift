package import Model
internal import Randomness

/// The initialisation of parameters.
package struct Initialisation: Sendable, Equatable {
    package enum Method: String, CaseIterable, Sendable {
        /// ±1/√H, as PyTorch does.
        case uniform
        /// ±√(6 / (in + out)): Glorot and Bengio 2010, equation 16.
        case xavier
        /// Normal with variance 2 / in: He et al. 2015.
        case he
        /// A random rotation, gate by gate: Saxe et al. 2014.
        case orthogonal
        /// The identity, gate by gate: Le, Jaitly and Hinton 2015, for ReLU.
        case identity
    }

    /// The method for `weight_ih`, highways and an untied decoder.
    package var input = Method.xavier
    /// The method for `weight_hh`.
    package var recurrent = Method.orthogonal
    /// The factor on `weight_hh`.
    package var recurrentScale = 1.0
    /// The bias of an LSTM's forget gate (Jozefowicz et al. 2015). Other biases are zero.
    package var forgetBias = 1.0
    /// The bias of a highway's transform gate. A negative bias makes it pass its input at first.
    package var highwayBias = -1.0
    /// The embedding is uniform in ± this.
    package var embedding = 0.1
}

extension Initialisation {
    /// Fills all parameters. Equal seeds give equal values. Large orthogonal matrices take long.
    ///
    /// - Parameter isStopped: polled often; true ends it.
    /// - Returns: false if it was stopped; the parameters are then undefined.
    @discardableResult
    package func fill<Scalar>(
        _ parameters: ParameterSet<Scalar>, config: ModelConfig, seed: UInt64,
        isStopped: () -> Bool = { false }
    ) -> Bool {
        for parameter in parameters.all {
            if isStopped() { return false }
            var random = SeededRandom(seed: seed, purpose: "initialise " + parameter.name)
            let values = values(of: parameter.spec, config, &random, isStopped)
            parameter.values = values.map { Scalar($0) }
        }
        return !isStopped()
    }

    private func values(
        of spec: TensorSpec, _ config: ModelConfig, _ random: inout SeededRandom,
        _ isStopped: () -> Bool
    ) -> [Double] {
        let name = spec.name
        if name == "embedding.weight" { return uniform(spec.count, embedding, &random) }
        if name.hasPrefix("rnn.weight_hh") {
            return blocks(spec, config, recurrent, &random, isStopped).map { $0 * recurrentScale }
        }
        if name.hasPrefix("rnn.bias_ih"), config.cell == .lstm {
            let size = config.hiddenSize
            return (0..<spec.count).map { (size..<2 * size).contains($0) ? forgetBias : 0 }
        }
        if name.hasPrefix("highway.bias") {
            return Array(repeating: highwayBias, count: spec.count)
        }
        if spec.shape.count == 1 { return Array(repeating: 0, count: spec.count) }
        return blocks(spec, config, input, &random, isStopped)
    }

    /// Initialises each gate's block of a weight separately.
    private func blocks(
        _ spec: TensorSpec, _ config: ModelConfig, _ method: Method, _ random: inout SeededRandom,
        _ isStopped: () -> Bool
    ) -> [Double] {
        let isRecurrent = spec.name.hasPrefix("rnn.")
        let rows = isRecurrent ? config.hiddenSize : spec.shape[0]
        return (0..<spec.shape[0] / rows).flatMap { _ in
            block(
                rows, spec.shape[1], method, 1 / Double(config.hiddenSize).squareRoot(), &random,
                isStopped)
        }
    }

    private func block(
        _ rows: Int, _ columns: Int, _ method: Method, _ bound: Double,
        _ random: inout SeededRandom, _ isStopped: () -> Bool
    ) -> [Double] {
        switch method {
        case .uniform: return uniform(rows * columns, bound, &random)
        case .xavier:
            return uniform(rows * columns, (6 / Double(rows + columns)).squareRoot(), &random)
        case .he:
            let deviation = (2 / Double(columns)).squareRoot()
            return (0..<rows * columns).map { _ in deviation * random.normal() }
        case .orthogonal: return orthogonal(rows, columns, &random, isStopped)
        case .identity:
            return (0..<rows * columns).map { $0 / columns == $0 % columns ? 1 : 0 }
        }
    }

    private func uniform(_ count: Int, _ bound: Double, _ random: inout SeededRandom) -> [Double] {
        (0..<count).map { _ in (2 * random.uniform() - 1) * bound }
    }

    /// Orthonormal rows, or columns if there are more rows: the Gram-Schmidt process on normal
    /// vectors, applied twice for precision.
    private func orthogonal(
        _ rows: Int, _ columns: Int, _ random: inout SeededRandom, _ isStopped: () -> Bool
    ) -> [Double] {
        let (count, length) = (min(rows, columns), max(rows, columns))
        var basis: [[Double]] = []
        while basis.count < count {
            if isStopped() { return Array(repeating: 0, count: rows * columns) }
            var vector = (0..<length).map { _ in random.normal() }
            for _ in 0..<2 {
                for other in basis {
                    var product = 0.0
                    for i in 0..<length { product += other[i] * vector[i] }
                    for i in 0..<length { vector[i] -= product * other[i] }
                }
                let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                for i in 0..<length { vector[i] /= norm }
            }
            basis.append(vector)
        }
        return (0..<rows * columns).map { index in
            let (row, column) = (index / columns, index % columns)
            return rows <= columns ? basis[row][column] : basis[column][row]
        }
    }
}
