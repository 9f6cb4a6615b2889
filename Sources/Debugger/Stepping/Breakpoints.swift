package import Model

/// Conditions to stop at. They are numbered from 1, and a number is not reused.
package struct Breakpoints {
    package struct Breakpoint {
        package let number: Int
        package let condition: ValueExpression
    }

    package private(set) var all: [Breakpoint] = []
    private var next = 1

    package init() {}

    package var isEmpty: Bool { all.isEmpty }

    /// - Throws: `ExpressionError`.
    @discardableResult
    package mutating func add(
        _ expression: String, for model: ModelConfig
    ) throws(ExpressionError) -> Breakpoint {
        let condition = try ValueExpression(expression, for: model, isCondition: true)
        let breakpoint = Breakpoint(number: next, condition: condition)
        next += 1
        all.append(breakpoint)
        return breakpoint
    }

    /// Returns false if no breakpoint has this number.
    package mutating func remove(_ number: Int) -> Bool {
        let count = all.count
        all.removeAll { $0.number == number }
        return all.count < count
    }

    package mutating func removeAll() { all = [] }

    /// The breakpoints whose condition is true at the point.
    ///
    /// - Throws: `PatternError` where a regular expression takes too long.
    package func hit(
        at point: SessionPoint, after previous: SessionPoint?, gates: GateReader?
    ) throws(PatternError) -> [Breakpoint] {
        var hit: [Breakpoint] = []
        for breakpoint in all
        where try breakpoint.condition.holds(at: point, after: previous, gates: gates) {
            hit.append(breakpoint)
        }
        return hit
    }
}
