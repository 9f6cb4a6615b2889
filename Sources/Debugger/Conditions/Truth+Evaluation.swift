import Engine
import Foundation
import Wire

extension Truth {
    /// - Throws: `PatternError` where a regular expression takes too long.
    func holds(at now: Surroundings, after before: Surroundings?) throws(PatternError) -> Bool {
        switch self {
        case .compare(let left, let comparison, let right):
            guard let left = left.value(in: now), let right = right.value(in: now) else {
                return false
            }
            return comparison.holds(left, right)
        case .crosses(let left, let right):
            guard let before, let was = Self.isLess(left, right, before),
                let isNow = Self.isLess(left, right, now)
            else { return false }
            return was != isNow
        case .matches(let pattern): return try pattern.ends(in: now.point)
        case .flag(let flag): return now.point.has(flag)
        case .and(let a, let b):
            guard try a.holds(at: now, after: before) else { return false }
            return try b.holds(at: now, after: before)
        case .or(let a, let b):
            if try a.holds(at: now, after: before) { return true }
            return try b.holds(at: now, after: before)
        case .not(let a): return try !a.holds(at: now, after: before)
        }
    }

    private static func isLess(
        _ left: Quantity, _ right: Quantity, _ surroundings: Surroundings
    ) -> Bool? {
        guard let left = left.value(in: surroundings), let right = right.value(in: surroundings)
        else { return nil }
        return left < right
    }
}

extension Truth.Comparison {
    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .equal: left == right
        case .notEqual: left != right
        case .greaterOrEqual: left >= right
        case .greater: left > right
        }
    }
}

extension SessionPoint {
    func has(_ flag: Truth.Flag) -> Bool {
        events.contains { event in
            switch event.payload {
            case .sentiment(let sentiment): flag == .messageEnds && sentiment.scope == .message
            case .stream(let change): flag == .reset && change == .reset
            case .error: flag == .error
            case .next: false
            }
        }
    }
}

extension Quantity {
    /// Nil where the token has none.
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

extension Quantity.Operator {
    fileprivate func applied(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .plus: left + right
        case .minus: left - right
        case .times: left * right
        case .over: left / right
        }
    }
}

extension Quantity.Reading {
    fileprivate func value(of point: SessionPoint) -> Double? {
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
