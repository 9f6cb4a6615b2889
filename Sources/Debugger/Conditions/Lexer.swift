/// Splits an expression into words.
struct Lexer {
    enum Word: Equatable {
        case number(Double)
        case name(String)
        case symbol(String)
        case end

        /// The word as an error message shows it.
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

    let expression: String
    private let characters: [Character]
    /// The index of the next character to read.
    private(set) var position = 0

    init(_ expression: String) {
        self.expression = expression
        characters = Array(expression)
    }

    private var next: Character? { position < characters.count ? characters[position] : nil }

    mutating func skipSpaces() {
        while next?.isWhitespace == true { position += 1 }
    }

    func error(_ message: String, at position: Int) -> ExpressionError {
        ExpressionError(expression, column: position + 1, message)
    }

    /// - Throws: `ExpressionError` for an unexpected character or a malformed number.
    mutating func word() throws(ExpressionError) -> Word {
        guard let first = next else { return .end }
        if first.isNumberStart { return try number() }
        if first.isNameStart { return .name(take { $0.isNameStart || $0.isDigit }) }
        for symbol in Self.symbols where starts(with: symbol) {
            position += symbol.count
            return .symbol(symbol)
        }
        throw error("unexpected character '\(first)'", at: position)
    }

    /// Longer symbols come first.
    private static let symbols = [
        "==", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "(", ")", "[", "]", "|",
    ]

    private func starts(with symbol: String) -> Bool {
        characters[position...].starts(with: symbol)
    }

    private mutating func take(while isPart: (Character) -> Bool) -> String {
        let start = position
        while let character = next, isPart(character) { position += 1 }
        return String(characters[start..<position])
    }

    private mutating func number() throws(ExpressionError) -> Word {
        let start = position
        var text = take { $0.isNumberStart }
        if let exponent = next, exponent == "e" || exponent == "E" {
            text.append(exponent)
            position += 1
            if let sign = next, sign == "-" || sign == "+" {
                text.append(sign)
                position += 1
            }
            text += take { $0.isDigit }
        }
        guard let value = Double(text) else { throw error("'\(text)' is not a number", at: start) }
        return .number(value)
    }

    /// The text between two slashes, and the letters after them. `\/` does not end the text.
    mutating func regex() throws(ExpressionError) -> (pattern: String, flags: String) {
        let start = position
        guard next == "/" else {
            throw error("expected a regular expression such as /regret|sorry/", at: start)
        }
        position += 1
        var pattern = ""
        while let character = next, character != "/" {
            position += 1
            if character == "\\", next == "/" {
                position += 1
                pattern.append("/")
            } else {
                pattern.append(character)
                if character == "\\", let escaped = next {
                    pattern.append(escaped)
                    position += 1
                }
            }
        }
        guard next == "/" else { throw error("the regular expression has no closing /", at: start) }
        position += 1
        return (pattern, take { $0.isLetter })
    }
}

extension Character {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isNumberStart: Bool { isDigit || self == "." }
    fileprivate var isNameStart: Bool { self == "_" || (isASCII && isLetter) }
}
