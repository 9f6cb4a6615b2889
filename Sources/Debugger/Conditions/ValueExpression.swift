package import Model

/// An expression about a token that a user writes: a number such as `|c[1][37]| - 1`, or a condition
/// such as `surprisal > 12 and not text matches /the/`.
///
/// A comparison with a quantity that the token does not have is false. The first token, for example,
/// has no surprisal.
package struct ValueExpression {
    package enum Value: Equatable, Sendable {
        case number(Double)
        case truth(Bool)
    }

    enum Content {
        case quantity(Quantity)
        case truth(Truth)
    }

    /// The text as the user wrote it.
    package let expression: String
    private let content: Content
    private let model: ModelConfig

    /// - Parameter isCondition: whether the expression must be a condition.
    /// - Throws: `ExpressionError` for wrong syntax, or a quantity that the model does not have.
    package init(
        _ expression: String, for model: ModelConfig, isCondition: Bool = false
    ) throws(ExpressionError) {
        self.expression = expression
        self.model = model
        var parser = ExpressionParser(expression, model: model)
        content = try parser.content(isCondition: isCondition)
    }

    /// Whether the condition is true at the point. It is false where another kind of model read the
    /// token.
    ///
    /// - Parameter previous: the point before it, which `crosses` compares with.
    /// - Throws: `PatternError` where a regular expression takes too long.
    package func holds(
        at point: SessionPoint, after previous: SessionPoint?, gates: GateReader?
    ) throws(PatternError) -> Bool {
        try value(at: point, after: previous, gates: gates) == .truth(true)
    }

    /// The value at the point. Nil where the token does not have the quantity, or another kind of
    /// model read the token.
    ///
    /// - Parameter previous: the point before it, which `crosses` compares with.
    /// - Throws: `PatternError` where a regular expression takes too long.
    package func value(
        at point: SessionPoint, after previous: SessionPoint?, gates: GateReader?
    ) throws(PatternError) -> Value? {
        // A unit's number means another unit in another kind of model.
        guard model.hasSameState(as: point.model.config) else { return nil }
        let now = Quantity.Surroundings(point: point, gates: gates)
        switch content {
        case .quantity(let quantity): return quantity.value(in: now).map(Value.number)
        case .truth(let truth):
            let before = previous.flatMap { $0.epoch == point.epoch ? $0 : nil }
                .map { Quantity.Surroundings(point: $0, gates: gates) }
            return .truth(try truth.holds(at: now, after: before))
        }
    }
}
