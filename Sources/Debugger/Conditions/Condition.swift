package import Model

/// What to stop at, as a person writes it: `surprisal > 12 and not text matches /the/`.
///
/// A quantity that a token does not have, such as the surprisal of a first token, makes every
/// comparison with it false.
package struct Condition {
    /// As it was written.
    package let expression: String
    let truth: Truth
    private let model: ModelConfig

    /// - Throws: `ExpressionError` for what is no condition, or asks for what the model has not.
    package init(_ expression: String, for model: ModelConfig) throws(ExpressionError) {
        self.expression = expression
        self.model = model
        var parser = ExpressionParser(expression, model: model)
        truth = try parser.condition()
    }

    /// Whether it holds at the point; it does not where another kind of model read.
    ///
    /// - Parameter previous: the point before it, which `crosses` compares with.
    /// - Throws: `PatternError` where a regular expression takes too long.
    package func holds(
        at point: SessionPoint, after previous: SessionPoint?, gates: GateReader?
    ) throws(PatternError) -> Bool {
        // Another model's units are other ones.
        guard model.hasSameState(as: point.model.config) else { return false }
        let before = previous.flatMap { $0.epoch == point.epoch ? $0 : nil }
        return try truth.holds(
            at: Surroundings(point: point, gates: gates),
            after: before.map { Surroundings(point: $0, gates: gates) })
    }
}

/// What an expression is evaluated in.
struct Surroundings {
    let point: SessionPoint
    let gates: GateReader?
}

/// An expression that is true or false.
indirect enum Truth {
    case compare(Quantity, Comparison, Quantity)
    /// Less on one side of this token, and not on the other.
    case crosses(Quantity, Quantity)
    /// A match ends in this token.
    case matches(TextPattern)
    case flag(Flag)
    case and(Truth, Truth)
    case or(Truth, Truth)
    case not(Truth)

    enum Comparison: String, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case equal = "=="
        case notEqual = "!="
        case greaterOrEqual = ">="
        case greater = ">"
    }

    enum Flag: String, CaseIterable {
        /// A message's score comes with this token.
        case messageEnds = "message_ends"
        /// The stream was reset before it.
        case reset
        /// Something was refused since the token before.
        case error
    }
}

/// An expression that is a number, if the token has one.
indirect enum Quantity {
    case constant(Double)
    case reading(Reading)
    /// One value of the state, by its place among all.
    case unit(Int)
    /// The Euclidean norm of these values.
    case norm(Range<Int>)
    /// That of their change by this token.
    case change(Range<Int>)
    case gate(layer: Int, gate: Int, unit: Int)
    /// Share of the gate's units that are below 0.1 or above 0.9.
    case saturation(layer: Int, gate: Int)
    case negative(Quantity)
    case absolute(Quantity)
    case combined(Quantity, Operator, Quantity)

    enum Operator: String, CaseIterable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
    }

    enum Reading: String, CaseIterable {
        /// In bits, and the probability that it stands for.
        case surprisal, probability
        /// From -1 to 1, and the probability of positive.
        case sentiment, positive
        /// Which token of the epoch it is, and which of the vocabulary.
        case token, id
        case message, epoch
        /// Of its first byte in the epoch's text.
        case offset
    }
}
