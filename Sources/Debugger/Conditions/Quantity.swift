import Engine
import Foundation
import Wire

/// An expression that is a number. A token may not have the number.
indirect enum Quantity {
    case constant(Double)
    case reading(Reading)
    /// One value of the state, by its index among all values.
    case unit(Int)
    /// The Euclidean norm of a range of values.
    case norm(Range<Int>)
    /// The Euclidean norm of the change of a range of values by this token.
    case change(Range<Int>)
    case gate(layer: Int, gate: Int, unit: Int)
    /// The share of the gate's units that are below 0.1 or above 0.9.
    case saturation(layer: Int, gate: Int)
    case negative(Quantity)
    case absolute(Quantity)
    case combined(Quantity, Operator, Quantity)

    enum Operator: String {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"

        func applied(_ left: Double, _ right: Double) -> Double {
            switch self {
            case .plus: left + right
            case .minus: left - right
            case .times: left * right
            case .over: left / right
            }
        }
    }

    enum Reading: String, CaseIterable {
        /// The surprisal in bits, and the probability that the surprisal stands for.
        case surprisal, probability
        /// The sentiment from -1 to 1, and the probability that it is positive.
        case sentiment, positive
        /// The token's index in the epoch, and its id in the vocabulary.
        case token, id
        case message, epoch
        /// The offset of the token's first byte in the text of the epoch.
        case offset

        func value(of point: SessionPoint) -> Double? {
            guard let token = point.token else { return nil }
            switch self {
            case .surprisal: return token.surprisal.map(Double.init)
            case .probability: return token.surprisal.map { exp2(-Double($0)) }
            case .sentiment: return token.sentiment.map { Double($0.score) }
            case .positive: return token.sentiment.map { Double($0.positive) }
            case .token: return Double(token.index)
            case .id: return Double(token.id)
            case .message: return Double(token.message)
            case .epoch: return Double(point.epoch)
            case .offset: return Double(token.offset.lowerBound)
            }
        }
    }

    /// What a quantity is computed from.
    struct Surroundings {
        let point: SessionPoint
        let gates: GateReader?
    }

    /// Nil where the token does not have the quantity.
    func value(in surroundings: Surroundings) -> Double? {
        let point = surroundings.point
        switch self {
        case .constant(let value): return value
        case .reading(let reading): return reading.value(of: point)
        case .unit(let index): return point.token == nil ? nil : Double(point.values[index])
        case .norm(let range):
            return point.token == nil ? nil : euclideanNorm(of: point.values[range])
        case .change(let range):
            return point.token == nil
                ? nil : distance(point.values[range], point.before[range])
        case .gate(let layer, let gate, let unit):
            let gates = surroundings.gates?.gates(at: point, layer: layer)
            return gates.map { Double($0[gate][unit]) }
        case .saturation(let layer, let gate):
            let gates = surroundings.gates?.gates(at: point, layer: layer)
            return gates.map { Saturation(of: $0[gate]).share }
        case .negative(let quantity): return quantity.value(in: surroundings).map { -$0 }
        case .absolute(let quantity): return quantity.value(in: surroundings).map(abs)
        case .combined(let left, let operation, let right):
            guard let left = left.value(in: surroundings), let right = right.value(in: surroundings)
            else { return nil }
            return operation.applied(left, right)
        }
    }
}
