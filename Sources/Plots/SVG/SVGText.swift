/// Text of SVG documents.
enum SVGText {
    /// An SVG element.
    static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String>, _ content: String = ""
    ) -> String {
        let list = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
        return content.isEmpty ? "<\(name)\(list)/>" : "<\(name)\(list)>\(content)</\(name)>"
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
