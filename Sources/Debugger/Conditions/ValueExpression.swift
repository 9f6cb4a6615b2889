package import Model

/// What is to be told of a token, as a person writes it: `f[0][12]`, `|c[1][37]| - 1`, or a condition.
package struct ValueExpression {
    package enum Value: Equatable, Sendable {
        case number(Double)
        case truth(Bool)
    }

    enum Content {
        case quantity(Quantity)
        case truth(Truth)
    }

    /// As it was written.
    package let expression: String
    private let content: Content
    private let model: ModelConfig

    /// - Throws: `ExpressionError` for what is none, or asks for what the model has not.
    package init(_ expression: String, for model: ModelConfig) throws(ExpressionError) {
        self.expression = expression
        self.model = model
        var parser = ExpressionParser(expression, model: model)
        content = try parser.expression()
    }

    /// Nil where the token has no such quantity, or another kind of model read it.
    ///
    /// - Parameter previous: the point before it, which `crosses` compares with.
    /// - Throws: `PatternError` where a regular expression takes too long.
    package func value(
        at point: SessionPoint, after previous: SessionPoint?, gates: GateReader?
    ) throws(PatternError) -> Value? {
        guard model.hasSameState(as: point.model.config) else { return nil }
        let now = Surroundings(point: point, gates: gates)
        switch content {
        case .quantity(let quantity): return quantity.value(in: now).map(Value.number)
        case .truth(let truth):
            let before = previous.flatMap { $0.epoch == point.epoch ? $0 : nil }
            return .truth(
                try truth.holds(
                    at: now, after: before.map { Surroundings(point: $0, gates: gates) }))
        }
    }
}
