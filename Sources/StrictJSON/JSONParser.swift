/// A strict JSON reader (RFC 8259): UTF-8 only, no duplicate keys, bounded depth, one value.
///
/// Foundation's readers accept duplicate keys, so that two readers of one model could disagree.
package struct JSONParser {
    private static let deepest = 64
    private static let simpleEscapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
        UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n",
        UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Parses one value, with optional white space around it.
    package static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.next == nil else { throw parser.error("the end of the text") }
        return value
    }

    private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private func error(_ expected: String) -> JSONError {
        let found =
            switch next {
            case nil: "the end"
            case .some(let byte) where (0x21...0x7E).contains(byte):
                "'\(Character(UnicodeScalar(byte)))'"
            case .some(let byte): "byte \(byte)"
            }
        return JSONError(offset: position - bytes.startIndex, found: found, expected: expected)
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D {
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar, or expected: String) throws(JSONError) {
        guard next == UInt8(ascii: character) else { throw error(expected) }
        position += 1
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        guard depth < Self.deepest else { throw error("at most \(Self.deepest) levels") }
        switch next {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for scalar in text.unicodeScalars { try take(scalar, or: text) }
        return value
    }

    private mutating func members(depth: Int) throws(JSONError) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        var keys = KnownKeys()
        position += 1
        skipSpace()
        if next == UInt8(ascii: "}") {
            position += 1
            return members
        }
        while true {
            skipSpace()
            let start = position
            let key = try string()
            guard keys.insert(key, after: members) else {
                let offset = start - bytes.startIndex
                let found = "key \"\(key)\" a second time"
                throw JSONError(offset: offset, found: found, expected: "each key once")
            }
            skipSpace()
            try take(":", or: "':'")
            members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
            if try closes("}") { return members }
        }
    }

    private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        if next == UInt8(ascii: "]") {
            position += 1
            return elements
        }
        while true {
            elements.append(try value(depth: depth + 1))
            if try closes("]") { return elements }
        }
    }

    /// After an element: true at the closing bracket, false at a comma.
    private mutating func closes(_ bracket: Unicode.Scalar) throws(JSONError) -> Bool {
        skipSpace()
        if next == UInt8(ascii: bracket) {
            position += 1
            return true
        }
        try take(",", or: "',' or '\(bracket)'")
        return false
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private mutating func number() throws(JSONError) -> String {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let leadingZero = next == UInt8(ascii: "0")
        let whole = position
        try digits(or: "a value")
        if leadingZero && position > whole + 1 {
            position = whole
            throw error("a number without leading zeros")
        }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits(or: "a digit")
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits(or: "a digit")
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits(or expected: String) throws(JSONError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        guard position > start else { throw error(expected) }
    }

    private mutating func string() throws(JSONError) -> String {
        let start = position
        try take("\"", or: "a string")
        var text: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error("no control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: String(try escaped()).utf8)
            } else {
                text.append(byte)
            }
        }
        try take("\"", or: "'\"' at the end of the string")
        guard let string = String(validating: text, as: UTF8.self) else {
            let offset = start - bytes.startIndex
            throw JSONError(offset: offset, found: "other bytes", expected: "UTF-8 in a string")
        }
        return string
    }

    /// The character after a backslash.
    private mutating func escaped() throws(JSONError) -> Unicode.Scalar {
        guard let byte = next else { throw error("an escape") }
        if let scalar = Self.simpleEscapes[byte] {
            position += 1
            return scalar
        }
        try take("u", or: "an escape")
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code) {
            try take("\\", or: "the second half of a surrogate pair")
            try take("u", or: "the second half of a surrogate pair")
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw error("a low surrogate before") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw error("a Unicode scalar before") }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw error("four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}
