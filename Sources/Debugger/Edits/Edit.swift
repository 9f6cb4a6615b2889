package import Model

/// A change to a recorded session.
package enum Edit: Equatable, Sendable {
    /// Replaces the whole text of a message.
    case replace(message: UInt64, text: String)
    case drop(message: UInt64)
    /// Inserts a message before this one, or after the last if the number is the number of messages.
    case insert(message: UInt64, text: String)
    /// Overwrites one value of the state after a token of the incarnation.
    case set(unit: Int, value: Float, token: UInt64)
    /// Zeroes h and c of a layer after a token.
    case zero(layer: Int, token: UInt64)

    /// `h[0][5] = -0.5 at 120`
    ///
    /// - Throws: `ExpressionError` for wrong syntax, or a unit that the model does not have.
    package init(setting expression: String, for model: ModelConfig) throws(ExpressionError) {
        var parser = ExpressionParser(expression, model: model)
        guard case .name(let name) = try parser.peek().word else {
            throw try parser.unexpected("expected a unit such as h[0][5]")
        }
        let start = try parser.take().start
        guard case .state(let range) = try parser.vector(name, at: start) else {
            throw parser.lexer.error(
                "a gate is computed from the state; expected h or c", at: start)
        }
        let unit = try parser.index("unit", below: model.hiddenSize)
        try parser.expect(.symbol("="))
        let isNegative = try parser.takes(.symbol("-"))
        let value = try parser.number("expected a number")
        self = .set(
            unit: range.lowerBound + unit, value: Float(isNegative ? -value : value),
            token: try parser.token())
    }

    /// `1 at 120`
    ///
    /// - Throws: `ExpressionError` for wrong syntax, or a layer that the model does not have.
    package init(zeroing expression: String, for model: ModelConfig) throws(ExpressionError) {
        var parser = ExpressionParser(expression, model: model)
        let start = try parser.peek().start
        let number = try parser.number("expected the number of a layer")
        guard let layer = Int(exactly: number), layer < model.layers else {
            throw parser.lexer.error(
                "there is no such layer: the model has \(model.layers), from 0 to "
                    + "\(model.layers - 1)", at: start)
        }
        self = .zero(layer: layer, token: try parser.token())
    }

    /// The token after which the state is changed; nil for an edit of a message.
    var token: UInt64? {
        switch self {
        case .set(_, _, let token), .zero(_, let token): token
        case .replace, .drop, .insert: nil
        }
    }

    /// The edited message, or the one to insert before; nil for an edit of the state.
    var message: UInt64? {
        switch self {
        case .replace(let message, _), .drop(let message), .insert(let message, _): message
        case .set, .zero: nil
        }
    }

    /// The state after this edit.
    func applied(to values: [Float], of model: ModelConfig) -> [Float] {
        var values = values
        switch self {
        case .set(let unit, let value, _) where unit < values.count: values[unit] = value
        case .zero(let layer, _) where layer < model.layers:
            let first = model.values(of: .h, layer: layer).lowerBound
            let count = model.hiddenSize * (model.hasCell ? 2 : 1)
            for index in first..<first + count { values[index] = 0 }
        default: break
        }
        return values
    }
}

extension ExpressionParser {
    fileprivate mutating func number(_ expected: String) throws(ExpressionError) -> Double {
        guard case .number(let number) = try peek().word else { throw try unexpected(expected) }
        try take()
        return number
    }

    /// `at 120` and the end of the expression.
    fileprivate mutating func token() throws(ExpressionError) -> UInt64 {
        try expect(.name("at"))
        let start = try peek().start
        guard let token = UInt64(exactly: try number("expected the number of a token")) else {
            throw lexer.error("expected the number of a token", at: start)
        }
        guard try peek().word == .end else { throw try unexpected("expected the end") }
        return token
    }
}
