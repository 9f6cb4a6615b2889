/// The units of each layer that a trace keeps.
package enum UnitChoice: Sendable, Equatable {
    /// The most active units that fit into this many bytes of a report, at least 8 in each layer.
    case fitting(bytes: Int)
    case mostActive(Int)
    /// For short sessions: each value takes 4 bytes of memory and 4/3 bytes of the report.
    case all

    /// The default.
    package static let standard = UnitChoice.fitting(bytes: 48 << 20)

    private static let fewest = 8

    /// The number of units of each layer for a session of `tokens` tokens.
    ///
    /// - Parameter layers: the number of layers that are kept; nil for all.
    package func count(tokens: Int, model: TracedModel, layers: Int? = nil) -> Int {
        let hiddenSize = model.hiddenSize
        switch self {
        case .all: return hiddenSize
        case .mostActive(let count): return min(max(count, 1), hiddenSize)
        case .fitting(let bytes):
            // One byte for each unit at each token; base64 makes four characters of three bytes.
            let unit = max(tokens, 1) * (layers ?? model.layers) * model.vectors.count * 4 / 3
            return min(hiddenSize, max(Self.fewest, bytes / max(unit, 1)))
        }
    }
}

/// The activity of each unit of a layer: the variance of its h over a session.
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
