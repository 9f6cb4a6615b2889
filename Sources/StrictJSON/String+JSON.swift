extension String {
    /// A JSON string literal with its quotes: RFC 8259, section 7.
    package var jsonLiteral: String { jsonLiteral { _ in false } }

    /// The same.
    ///
    /// - Parameter escapes: whether a character is written as its number although JSON does not ask
    ///   for it.
    package func jsonLiteral(escaping escapes: (Unicode.Scalar) -> Bool) -> String {
        var json = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case "\u{8}": json += "\\b"
            case "\u{C}": json += "\\f"
            case ..<" ": json += scalar.jsonEscape
            case _ where escapes(scalar): json += scalar.jsonEscape
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}

extension Unicode.Scalar {
    /// `\u001b`, and a pair of them beyond the basic plane.
    fileprivate var jsonEscape: String {
        UTF16.encode(self)?.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined() ?? ""
    }
}
