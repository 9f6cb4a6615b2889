extension ConfigurationValue {
    /// This table as a TOML document. Reading it gives an equal table.
    package var document: String {
        guard case .table(let entries) = self else { return "" }
        return Self.document(entries, path: []).joined(separator: "\n") + "\n"
    }

    /// Plain values come first, since after the heading of an inner table they would belong to it.
    private static func document(_ entries: [Entry], path: [String]) -> [String] {
        var lines = entries.filter { !$0.value.hasHeading }
            .map { "\(quotedKey($0.key)) = \($0.value.inline)" }
        for entry in entries where entry.value.hasHeading {
            let path = path + [entry.key]
            let heading = path.map(quotedKey).joined(separator: ".")
            switch entry.value {
            case .table(let inner):
                lines += ["", "[\(heading)]"] + document(inner, path: path)
            case .list(let tables):
                for case .table(let inner) in tables {
                    lines += ["", "[[\(heading)]]"] + document(inner, path: path)
                }
            default: break
            }
        }
        return lines
    }

    private var hasHeading: Bool {
        switch self {
        case .table: true
        case .list(let values):
            !values.isEmpty
                && values.allSatisfy { if case .table = $0 { true } else { false } }
        default: false
        }
    }

    private var inline: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .list(let values): "[\(values.map(\.inline).joined(separator: ", "))]"
        case .table(let entries):
            "{ \(entries.map { "\(Self.quotedKey($0.key)) = \($0.value.inline)" }.joined(separator: ", ")) }"
        case .other(let name): name
        }
    }

    private static func quotedKey(_ key: String) -> String {
        let isBare =
            !key.isEmpty
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        return isBare ? key : quoted(key)
    }

    /// A basic string: https://toml.io/en/v1.0.0#string
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
