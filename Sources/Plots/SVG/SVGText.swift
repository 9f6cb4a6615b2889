/// Text of SVG documents.
enum SVGText {
    /// An SVG element.
    static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String>, _ content: String = ""
    ) -> String {
        let list = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
        return element(name, list: list, content)
    }

    private static func element(_ name: String, list: String, _ content: String) -> String {
        content.isEmpty ? "<\(name)\(list)/>" : "<\(name)\(list)>\(content)</\(name)>"
    }

    /// A text element.
    ///
    /// - Parameters:
    ///   - style: its class; empty for none.
    ///   - anchor: which part of it is at x; empty for its start.
    static func text(
        _ text: String, x: Double, y: Double, anchor: String = "", style: String = ""
    ) -> String {
        let attributes = [
            ("class", style), ("x", number(x)), ("y", number(y)), ("text-anchor", anchor),
        ]
        let list = attributes.filter { !$1.isEmpty }.map { " \($0)=\"\($1)\"" }.joined()
        return element("text", list: list, escaped(text))
    }

    /// Text escaped for content and attributes. U+FFFD replaces control characters, which XML cannot
    /// contain.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A coordinate, rounded to a tenth of a pixel.
    static func number(_ value: Double) -> String {
        let text = value.decimal(digits: 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The approximate width of a text in the page's font, in pixels.
    static func width(of text: String, size: Double = 12) -> Double {
        Double(text.count) * size * 0.56
    }
}
