/// Which units of each layer a trace keeps.
package enum UnitChoice: Sendable, Equatable {
    /// As many of the most active as fit into this many bytes of a report, at least 8 a layer.
    case fitting(bytes: Int)
    case mostActive(Int)
    /// For short sessions: a trace takes 4 bytes in memory for each value, and 4/3 in the report.
    case all

    /// What a report spends on units unless it is told otherwise.
    package static let standard = UnitChoice.fitting(bytes: 48 << 20)

    private static let fewest = 8

    /// Units of each layer for a session of so many tokens.
    ///
    /// - Parameter layers: of how many layers any are kept; nil for all.
    package func count(tokens: Int, model: TracedModel, layers: Int? = nil) -> Int {
        let hiddenSize = model.hiddenSize
        switch self {
        case .all: return hiddenSize
        case .mostActive(let count): return min(max(count, 1), hiddenSize)
        case .fitting(let bytes):
            // A byte for each unit at each token, four characters for three of them.
            let unit = max(tokens, 1) * (layers ?? model.layers) * model.vectors.count * 4 / 3
            return min(hiddenSize, max(Self.fewest, bytes / max(unit, 1)))
        }
    }
}

/// How much each unit of a layer moves: the variance of its h over a session.
///
/// Source: Welford, "Note on a method for calculating corrected sums of squares and products" (1962).
package struct UnitActivity: Sendable {
    private var count = 0.0
    private var means: [Double]
    private var squares: [Double]

    package init(units: Int) {
        means = Array(repeating: 0, count: units)
        squares = means
    }

    package mutating func add(_ h: some Sequence<Float>) {
        count += 1
        for (unit, value) in zip(means.indices, h) {
            let difference = Double(value) - means[unit]
            means[unit] += difference / count
            squares[unit] += difference * (Double(value) - means[unit])
        }
    }

    package var variances: [Double] { squares.map { $0 / max(count, 1) } }

    /// The most active units, in the order of their numbers.
    package func mostActive(_ count: Int) -> [Int] {
        let variances = variances
        let order = variances.indices.sorted {
            (variances[$0], $1) > (variances[$1], $0)
        }
        return order.prefix(count).sorted()
    }
}
