import Model
import NearestName

/// Reads conditions, by recursive descent.
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
    /// Parts that are being read within each other, and words that have been read: both are
    /// bounded, as reading and evaluating are recursive.
    private var depth = 0
    private var words = 0

    static let deepest = 64
    static let mostWords = 2000

    init(_ expression: String, model: ModelConfig) {
        lexer = Lexer(expression)
        self.model = model
    }

    /// What a part of an expression is, and where it begins.
    private struct Part {
        enum Value {
            case truth(Truth)
            case quantity(Quantity)
        }

        let value: Value
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

    /// Reads a part that stands within another one.
    private mutating func nested(
        at start: Int, _ read: (inout ExpressionParser) throws(ExpressionError) -> Part
    ) throws(ExpressionError) -> Part {
        guard depth < Self.deepest else {
            throw lexer.error("expected at most \(Self.deepest) parts within each other", at: start)
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

    /// A whole number that stands in brackets, below `count`.
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

    mutating func condition() throws(ExpressionError) -> Truth {
        let part = try disjunction()
        guard try peek().word == .end else {
            throw try unexpected("expected 'and', 'or' or the end")
        }
        return try truth(part)
    }

    /// A condition, or a quantity by itself.
    mutating func expression() throws(ExpressionError) -> ValueExpression.Content {
        let part = try disjunction()
        guard try peek().word == .end else { throw try unexpected("expected the end") }
        return switch part.value {
        case .truth(let truth): .truth(truth)
        case .quantity(let quantity): .quantity(quantity)
        }
    }

    private mutating func disjunction() throws(ExpressionError) -> Part {
        var left = try conjunction()
        while try takes(.name("or")) {
            let right = try conjunction()
            left = Part(value: .truth(.or(try truth(left), try truth(right))), start: left.start)
        }
        return left
    }

    private mutating func conjunction() throws(ExpressionError) -> Part {
        var left = try negation()
        while try takes(.name("and")) {
            let right = try negation()
            left = Part(value: .truth(.and(try truth(left), try truth(right))), start: left.start)
        }
        return left
    }

    private mutating func negation() throws(ExpressionError) -> Part {
        let start = try peek().start
        guard try takes(.name("not")) else { return try comparison() }
        let inner = try nested(at: start) { parser throws(ExpressionError) in
            try parser.negation()
        }
        return Part(value: .truth(.not(try truth(inner))), start: start)
    }

    private mutating func comparison() throws(ExpressionError) -> Part {
        let left = try sum()
        let (word, start) = try peek()
        switch word {
        case .name("crosses"):
            try take()
            let right = try sum()
            return Part(
                value: .truth(.crosses(try quantity(left), try quantity(right))),
                start: left.start)
        case .symbol("="):
            throw lexer.error("'=' compares nothing; expected '=='", at: start)
        case .symbol(let symbol):
            guard let comparison = Truth.Comparison(rawValue: symbol) else { return left }
            try take()
            let right = try sum()
            return Part(
                value: .truth(.compare(try quantity(left), comparison, try quantity(right))),
                start: left.start)
        default: return left
        }
    }

    // MARK: Quantities

    private mutating func sum() throws(ExpressionError) -> Part {
        var left = try product()
        while let operation = try takeOperator(.plus, .minus) {
            left = try combined(left, operation, try product())
        }
        return left
    }

    private mutating func product() throws(ExpressionError) -> Part {
        var left = try factor()
        while let operation = try takeOperator(.times, .over) {
            left = try combined(left, operation, try factor())
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

    private func combined(
        _ left: Part, _ operation: Quantity.Operator, _ right: Part
    ) throws(ExpressionError) -> Part {
        Part(
            value: .quantity(.combined(try quantity(left), operation, try quantity(right))),
            start: left.start)
    }

    private mutating func factor() throws(ExpressionError) -> Part {
        let start = try peek().start
        guard try takes(.symbol("-")) else { return try atom() }
        let inner = try nested(at: start) { parser throws(ExpressionError) in try parser.factor() }
        return Part(value: .quantity(.negative(try quantity(inner))), start: start)
    }

    private mutating func atom() throws(ExpressionError) -> Part {
        let (word, start) = try peek()
        switch word {
        case .number(let value):
            try take()
            return Part(value: .quantity(.constant(value)), start: start)
        case .symbol("("):
            try take()
            let inner = try nested(at: start) { parser throws(ExpressionError) in
                try parser.disjunction()
            }
            try expect(.symbol(")"))
            return Part(value: inner.value, start: start)
        case .symbol("|"):
            try take()
            let inner = try nested(at: start) { parser throws(ExpressionError) in
                try parser.sum()
            }
            try expect(.symbol("|"))
            return Part(value: .quantity(.absolute(try quantity(inner))), start: start)
        case .name(let name):
            try take()
            return Part(value: try named(name, at: start), start: start)
        default: throw try unexpected("expected a quantity or a number")
        }
    }

    private mutating func named(
        _ name: String, at start: Int
    ) throws(ExpressionError) -> Part.Value {
        if name == "text" { return .truth(.matches(try pattern())) }
        if let flag = Truth.Flag(rawValue: name) { return .truth(.flag(flag)) }
        if let reading = Quantity.Reading(rawValue: name) {
            return .quantity(.reading(try checked(reading, at: start)))
        }
        if let summary = Summary(rawValue: name) { return .quantity(try self.summary(summary)) }
        let vector = try vector(name, at: start)
        let unit = try index("unit", below: model.hiddenSize)
        return .quantity(vector.unit(unit, model))
    }

    private func checked(
        _ reading: Quantity.Reading, at start: Int
    ) throws(ExpressionError) -> Quantity.Reading {
        switch reading {
        case .surprisal, .probability:
            if model.heads.next { return reading }
        case .sentiment, .positive:
            if model.heads.sentiment { return reading }
        default: return reading
        }
        throw lexer.error("the model has no head that tells \(reading.rawValue)", at: start)
    }

    private mutating func pattern() throws(ExpressionError) -> TextPattern {
        try expect(.name("matches"))
        lexer.skipSpaces()
        let start = lexer.position
        let (pattern, flags) = try lexer.regex()
        guard flags.isEmpty || flags == "i" else {
            throw lexer.error("'\(flags)' is no way to match; expected i or nothing", at: start)
        }
        do {
            return try TextPattern(pattern, flags: flags)
        } catch {
            throw lexer.error("\(error)", at: start + 1)
        }
    }

    // MARK: Vectors

    /// What is said of a whole vector.
    private enum Summary: String, CaseIterable { case norm, change, saturation }

    private mutating func summary(_ summary: Summary) throws(ExpressionError) -> Quantity {
        try expect(.symbol("("))
        let (word, start) = try peek()
        guard case .name(let name) = word else {
            throw try unexpected("expected a vector such as h[0]")
        }
        try take()
        let vector = try vector(name, at: start)
        try expect(.symbol(")"))
        switch (summary, vector) {
        case (.norm, .state(let range)): return .norm(range)
        case (.change, .state(let range)): return .change(range)
        case (.saturation, .gate(let layer, let gate)):
            return .saturation(layer: layer, gate: gate)
        case (.saturation, .state):
            throw lexer.error("saturation is that of a gate, such as f[0]", at: start)
        case (_, .gate):
            throw lexer.error("\(summary.rawValue) is that of h or c, such as h[0]", at: start)
        }
    }

    mutating func vector(_ name: String, at start: Int) throws(ExpressionError) -> Vector {
        let kind = StateLayout.Kind(rawValue: name)
        if kind == .c, !model.hasCell {
            throw lexer.error("c: this \(model.cell.rawValue) has no cell state", at: start)
        }
        if let kind {
            return .state(model.values(of: kind, layer: try index("layer", below: model.layers)))
        }
        guard let gate = model.cell.gateNames.firstIndex(of: name) else {
            throw lexer.error(unknown(name), at: start)
        }
        return .gate(layer: try index("layer", below: model.layers), gate: gate)
    }

    private func unknown(_ name: String) -> String {
        let words =
            Quantity.Reading.allCases.map(\.rawValue) + Summary.allCases.map(\.rawValue)
            + Truth.Flag.allCases.map(\.rawValue)
        if name.count > 3, let nearest = nearestName(to: name, among: words) {
            return "'\(name)' is not known; there is \(nearest)"
        }
        let names =
            Quantity.Reading.allCases.map(\.rawValue) + ["h[0][5]"]
            + (model.hasCell ? ["c[0][5]"] : []) + model.cell.gateNames.map { "\($0)[0][5]" }
            + Summary.allCases.map(\.rawValue) + Truth.Flag.allCases.map(\.rawValue)
            + ["text matches /…/"]
        return "'\(name)' is not known; there are " + names.joined(separator: ", ")
    }

    // MARK: Kinds

    private func truth(_ part: Part) throws(ExpressionError) -> Truth {
        guard case .truth(let truth) = part.value else {
            throw lexer.error("expected a condition, found a number", at: part.start)
        }
        return truth
    }

    private func quantity(_ part: Part) throws(ExpressionError) -> Quantity {
        guard case .quantity(let quantity) = part.value else {
            throw lexer.error("expected a number, found a condition", at: part.start)
        }
        return quantity
    }
}

extension Lexer.Word {
    /// As an error message names it.
    var text: String {
        switch self {
        case .number(let value):
            Int(exactly: value).map { "'\($0)'" } ?? "'\(value)'"
        case .name(let name): "'\(name)'"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }
}

/// One vector of a layer, of which a unit is `vector[unit]`.
enum Vector {
    /// Places among the values of the state.
    case state(Range<Int>)
    case gate(layer: Int, gate: Int)

    func unit(_ unit: Int, _ model: ModelConfig) -> Quantity {
        switch self {
        case .state(let range): .unit(range.lowerBound + unit)
        case .gate(let layer, let gate): .gate(layer: layer, gate: gate, unit: unit)
        }
    }
}
