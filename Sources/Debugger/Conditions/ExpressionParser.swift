import Model

/// Parses expressions by recursive descent.
///
///     condition   = conjunction { "or" conjunction }
///     conjunction = negation { "and" negation }
///     negation    = "not" negation | comparison
///     comparison  = sum [ ( "<" | "<=" | "==" | "!=" | ">=" | ">" | "crosses" ) sum ]
///     sum         = product { ( "+" | "-" ) product }
///     product     = factor { ( "*" | "/" ) factor }
///     factor      = "-" factor | atom
///     atom        = number | "(" condition ")" | "|" sum "|" | reading | flag
///                 | vector "[" unit "]" | ( "norm" | "change" | "saturation" ) "(" vector ")"
///                 | "text" "matches" "/" regular expression "/" [ "i" ]
///     vector      = ( "h" | "c" | gate ) "[" layer "]"
struct ExpressionParser {
    var lexer: Lexer
    let model: ModelConfig
    private var peeked: (word: Lexer.Word, start: Int)?
    /// The nesting depth and the number of words read. Both are bounded, because parsing and
    /// evaluation are recursive.
    private var depth = 0
    private var words = 0

    static let deepest = 64
    static let mostWords = 2000

    init(_ expression: String, model: ModelConfig) {
        lexer = Lexer(expression)
        self.model = model
    }

    /// A part of an expression, and the position of its first character.
    private struct Part {
        var content: ValueExpression.Content
        let start: Int
    }

    // MARK: Words

    mutating func peek() throws(ExpressionError) -> (word: Lexer.Word, start: Int) {
        if let peeked { return peeked }
        lexer.skipSpaces()
        let start = lexer.position
        let next = (word: try lexer.word(), start: start)
        words += 1
        guard words <= Self.mostWords else {
            throw lexer.error("expected at most \(Self.mostWords) words and signs", at: start)
        }
        peeked = next
        return next
    }

    /// Reads a part that is nested in another one.
    private mutating func nested(
        at start: Int, _ read: (inout ExpressionParser) throws(ExpressionError) -> Part
    ) throws(ExpressionError) -> Part {
        guard depth < Self.deepest else {
            throw lexer.error("expected at most \(Self.deepest) nested parts", at: start)
        }
        depth += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    @discardableResult
    mutating func take() throws(ExpressionError) -> (word: Lexer.Word, start: Int) {
        let next = try peek()
        peeked = nil
        return next
    }

    mutating func takes(_ word: Lexer.Word) throws(ExpressionError) -> Bool {
        guard try peek().word == word else { return false }
        try take()
        return true
    }

    mutating func expect(_ word: Lexer.Word) throws(ExpressionError) {
        guard try takes(word) else { throw try unexpected("expected \(word.text)") }
    }

    mutating func unexpected(_ expected: String) throws(ExpressionError) -> ExpressionError {
        let (word, start) = try peek()
        return lexer.error("\(expected), found \(word.text)", at: start)
    }

    /// A whole number below `count`, in brackets.
    mutating func index(_ what: String, below count: Int) throws(ExpressionError) -> Int {
        try expect(.symbol("["))
        let (word, start) = try peek()
        guard case .number(let number) = word, let index = Int(exactly: number) else {
            throw try unexpected("expected the number of a \(what)")
        }
        try take()
        guard index < count else {
            throw lexer.error(
                "there is no \(what) \(index): the model has \(count), from 0 to \(count - 1)",
                at: start)
        }
        try expect(.symbol("]"))
        return index
    }

    // MARK: Conditions

    /// The whole expression.
    mutating func content(
        isCondition: Bool
    ) throws(ExpressionError) -> ValueExpression.Content {
        let part = try disjunction()
        guard try peek().word == .end else {
            throw try unexpected("expected \(isCondition ? "'and', 'or' or the end" : "the end")")
        }
        return isCondition ? .truth(try truth(part)) : part.content
    }

    private mutating func disjunction() throws(ExpressionError) -> Part {
        var left = try conjunction()
        while try takes(.name("or")) {
            let right = try conjunction()
            left.content = .truth(.or(try truth(left), try truth(right)))
        }
        return left
    }

    private mutating func conjunction() throws(ExpressionError) -> Part {
        var left = try negation()
        while try takes(.name("and")) {
            let right = try negation()
            left.content = .truth(.and(try truth(left), try truth(right)))
        }
        return left
    }

    private mutating func negation() throws(ExpressionError) -> Part {
        let start = try peek().start
        guard try takes(.name("not")) else { return try comparison() }
        let inner = try nested(at: start) { parser throws(ExpressionError) in
            try parser.negation()
        }
        return Part(content: .truth(.not(try truth(inner))), start: start)
    }

    private mutating func comparison() throws(ExpressionError) -> Part {
        var left = try sum()
        let (word, start) = try peek()
        switch word {
        case .name("crosses"):
            try take()
            let right = try sum()
            left.content = .truth(.crosses(try quantity(left), try quantity(right)))
        case .symbol("="):
            throw lexer.error("unexpected '='; expected '=='", at: start)
        case .symbol(let symbol):
            guard let comparison = Truth.Comparison(rawValue: symbol) else { return left }
            try take()
            let right = try sum()
            left.content = .truth(.compare(try quantity(left), comparison, try quantity(right)))
        default: break
        }
        return left
    }

    // MARK: Quantities

    private mutating func sum() throws(ExpressionError) -> Part {
        var left = try product()
        while let operation = try takeOperator(.plus, .minus) {
            let right = try product()
            left.content = .quantity(.combined(try quantity(left), operation, try quantity(right)))
        }
        return left
    }

    private mutating func product() throws(ExpressionError) -> Part {
        var left = try factor()
        while let operation = try takeOperator(.times, .over) {
            let right = try factor()
            left.content = .quantity(.combined(try quantity(left), operation, try quantity(right)))
        }
        return left
    }

    private mutating func takeOperator(
        _ operators: Quantity.Operator...
    ) throws(ExpressionError) -> Quantity.Operator? {
        guard case .symbol(let symbol) = try peek().word,
            let operation = Quantity.Operator(rawValue: symbol), operators.contains(operation)
        else { return nil }
        try take()
        return operation
    }

    private mutating func factor() throws(ExpressionError) -> Part {
        let start = try peek().start
        guard try takes(.symbol("-")) else { return try atom() }
        let inner = try nested(at: start) { parser throws(ExpressionError) in try parser.factor() }
        return Part(content: .quantity(.negative(try quantity(inner))), start: start)
    }

    private mutating func atom() throws(ExpressionError) -> Part {
        let (word, start) = try peek()
        switch word {
        case .number(let value):
            try take()
            return Part(content: .quantity(.constant(value)), start: start)
        case .symbol("("):
            try take()
            let inner = try nested(at: start) { parser throws(ExpressionError) in
                try parser.disjunction()
            }
            try expect(.symbol(")"))
            return Part(content: inner.content, start: start)
        case .symbol("|"):
            try take()
            let inner = try nested(at: start) { parser throws(ExpressionError) in
                try parser.sum()
            }
            try expect(.symbol("|"))
            return Part(content: .quantity(.absolute(try quantity(inner))), start: start)
        case .name(let name):
            try take()
            return Part(content: try named(name, at: start), start: start)
        default: throw try unexpected("expected a quantity or a number")
        }
    }

    // MARK: Kinds

    private func truth(_ part: Part) throws(ExpressionError) -> Truth {
        guard case .truth(let truth) = part.content else {
            throw lexer.error("expected a condition, found a number", at: part.start)
        }
        return truth
    }

    private func quantity(_ part: Part) throws(ExpressionError) -> Quantity {
        guard case .quantity(let quantity) = part.content else {
            throw lexer.error("expected a number, found a condition", at: part.start)
        }
        return quantity
    }
}
