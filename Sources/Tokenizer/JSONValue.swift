/// A JSON document with its objects' keys in order and compared byte by byte.
///
/// Keys of a vocabulary may differ in nothing but their Unicode normal form, which `String`
/// takes for equal.
enum JSONValue {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// What a message calls it.
    var summary: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): Int32(exactly: value).map { "\($0)" } ?? "\(value)"
        case .string(let value): "\"\(value)\""
        case .array(let values): "an array of \(values.count)"
        case .object(let members):
            members.first { $0.key == "type" }.map { "type \($0.value.summary)" } ?? "an object"
        }
    }
}

struct JSONMember {
    let key: String
    let value: JSONValue
}

struct JSONError: Error {
    let offset: Int
    let reason: String
}

/// A strict reader of RFC 8259: no trailing text, no duplicate key, no nesting beyond 64.
struct JSONParser {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value()
        parser.skipSpace()
        if parser.index < bytes.count { throw parser.error("text after the end of the value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func error(_ reason: String) -> JSONError { JSONError(offset: index, reason: reason) }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }

    private mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: expected) else { return false }
        index += 1
        return true
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        switch next.map(Unicode.Scalar.init) {
        case "{": return .object(try nested { parser throws(JSONError) in try parser.members() })
        case "[": return .array(try nested { parser throws(JSONError) in try parser.elements() })
        case "\"": return .string(try string())
        case "n": return try word("null", .null)
        case "t": return try word("true", .bool(true))
        case "f": return try word("false", .bool(false))
        default: return .number(try number())
        }
    }

    private mutating func nested<Result>(
        _ body: (inout JSONParser) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        depth += 1
        if depth > 64 { throw error("nested more than 64 deep") }
        index += 1
        let result = try body(&self)
        depth -= 1
        return result
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[index...].starts(with: word.utf8) else { throw error("expected \(word)") }
        index += word.utf8.count
        return value
    }

    private mutating func elements() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return elements }
        while true {
            elements.append(try value())
            skipSpace()
            if take("]") { return elements }
            guard take(",") else { throw error("expected , or ] in an array") }
        }
    }

    private mutating func members() throws(JSONError) -> [JSONMember] {
        var members: [JSONMember] = []
        var keys: Set<[UInt8]> = []
        skipSpace()
        if take("}") { return members }
        while true {
            skipSpace()
            let key = try string()
            guard keys.insert(Array(key.utf8)).inserted else { throw error("key \"\(key)\" twice") }
            skipSpace()
            guard take(":") else { throw error("expected : after a key") }
            members.append(JSONMember(key: key, value: try value()))
            skipSpace()
            if take("}") { return members }
            guard take(",") else { throw error("expected , or } in an object") }
        }
    }

    private mutating func number() throws(JSONError) -> Double {
        let start = index
        while let byte = next, "+-.0123456789Ee".utf8.contains(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        let digits = text.drop { $0 == "-" }
        guard let first = digits.first, first.isNumber, !digits.hasPrefix("0") || isZero(digits),
            let last = text.last, last.isNumber, !text.contains(".e"), !text.contains(".E"),
            let value = Double(text), value.isFinite
        else {
            index = start
            throw error("expected a value")
        }
        return value
    }

    /// A leading zero stands alone or before a point or an exponent.
    private func isZero(_ digits: Substring) -> Bool {
        digits.count == 1 || !(digits.dropFirst().first?.isNumber ?? false)
    }
}

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        guard take("\"") else { throw error("expected a string") }
        var content: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw error("a string that is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): content.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw error("a control character in a string")
            default: content.append(byte)
            }
        }
        throw error("a string without its end")
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = next else { throw error("a string without its end") }
        index += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/": return Unicode.Scalar(byte)
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": return try unicodeEscape()
        default: throw error("an unknown escape")
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        var value = try fourDigits()
        if 0xD800...0xDBFF ~= value, take("\\"), take("u") {
            let low = try fourDigits()
            guard 0xDC00...0xDFFF ~= low else { throw error("half of a surrogate pair") }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw error("half of a surrogate pair") }
        return scalar
    }

    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
