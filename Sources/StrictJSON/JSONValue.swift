/// One JSON value (RFC 8259) with the order of its keys and the text of its numbers. An object never
/// has a key twice; keys are compared by their bytes.
package enum JSONValue: Equatable, Sendable {
    package struct Member: Equatable, Sendable {
        package let key: String
        package let value: JSONValue
    }

    case null
    case bool(Bool)
    /// The digits as written; `integer` reads them exactly.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// The value as an integer: written without fraction or exponent, and within `Int`.
    package var integer: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    package var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The value as an error message shows it.
    package var summary: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let text): text
        case .string(let text): "\"\(text)\""
        case .array(let elements) where elements.count > 8: "an array of \(elements.count)"
        case .array(let elements): "[" + elements.map(\.summary).joined(separator: ", ") + "]"
        case .object(let members):
            members.first { $0.key == "type" }.map { "type \($0.value.summary)" } ?? "an object"
        }
    }
}
