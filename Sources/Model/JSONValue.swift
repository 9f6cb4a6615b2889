/// One JSON value (RFC 8259) that keeps what a strict reader needs: the order of keys and the
/// text of numbers. Objects never have a key twice.
enum JSONValue: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        let key: String
        let value: JSONValue
    }

    case null
    case bool(Bool)
    /// The digits as written; `integer` reads them exactly.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// The value as an integer: written without fraction or exponent, and within `Int`.
    var integer: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    /// The value as an error message shows it.
    var summary: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let text): text
        case .string(let text): "\"\(text)\""
        case .array(let elements): "[" + elements.map(\.summary).joined(separator: ", ") + "]"
        case .object: "an object"
        }
    }
}

/// Where a JSON text is wrong, what stands there, and what should.
struct JSONError: Error, Equatable {
    let offset: Int
    let found: String
    let expected: String
}
