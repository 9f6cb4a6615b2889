import Model
import NearestName

/// The names of an expression: quantities, flags, vectors and patterns.
extension ExpressionParser {
    /// What a name stands for that was read at `start`.
    mutating func named(
        _ name: String, at start: Int
    ) throws(ExpressionError) -> ValueExpression.Content {
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
        throw lexer.error("the model has no head for \(reading.rawValue)", at: start)
    }

    private mutating func pattern() throws(ExpressionError) -> TextPattern {
        try expect(.name("matches"))
        lexer.skipSpaces()
        let start = lexer.position
        let (pattern, flags) = try lexer.regex()
        guard flags.isEmpty || flags == "i" else {
            throw lexer.error("unknown flag '\(flags)'; expected i or none", at: start)
        }
        do {
            return try TextPattern(pattern, flags: flags)
        } catch {
            throw lexer.error("\(error)", at: start + 1)
        }
    }

    // MARK: Vectors

    /// A function of a whole vector.
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
            throw lexer.error("saturation needs a gate, such as f[0]", at: start)
        case (_, .gate):
            throw lexer.error("\(summary.rawValue) needs h or c, such as h[0]", at: start)
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
        let readings = Quantity.Reading.allCases.map(\.rawValue)
        let others = Summary.allCases.map(\.rawValue) + Truth.Flag.allCases.map(\.rawValue)
        if name.count > 3, let nearest = nearestName(to: name, among: readings + others) {
            return "unknown name '\(name)'; did you mean '\(nearest)'?"
        }
        let vectors = ["h"] + (model.hasCell ? ["c"] : []) + model.cell.gateNames
        let names = readings + vectors.map { "\($0)[0][5]" } + others + ["text matches /…/"]
        return "unknown name '\(name)'; expected one of " + names.joined(separator: ", ")
    }
}
