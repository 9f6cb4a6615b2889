/// Rejects documents with too deep nesting before they are parsed. The parser and the code that
/// walks its tables are recursive, and the parser limits arrays and inline tables, but not dotted
/// keys.
///
/// The scanner recognises comments and strings. It leaves syntax errors to the parser.
struct NestingScanner {
    static let mostKeyParts = 16
    static let deepest = 32

    private let bytes: [UInt8]
    private var position = 0
    /// The dots of the current key, and the open brackets and braces.
    private var dots = 0
    private var depth = 0

    private init(_ document: String) { bytes = Array(document.utf8) }

    /// - Throws: `ConfigurationError.Problem` with the position.
    static func check(_ document: String) throws(ConfigurationError.Problem) {
        var scanner = NestingScanner(document)
        while scanner.position < scanner.bytes.count { try scanner.step() }
    }

    private mutating func step() throws(ConfigurationError.Problem) {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "#"): skipComment()
        case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString(byte)
        case UInt8(ascii: "."):
            dots += 1
            if dots >= Self.mostKeyParts {
                throw problem("found a key of more parts, expected at most \(Self.mostKeyParts)")
            }
            position += 1
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            (depth, dots) = (depth + 1, 0)
            if depth > Self.deepest {
                throw problem("found deeper nesting, expected at most \(Self.deepest) levels")
            }
            position += 1
        default:
            if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth = max(0, depth - 1) }
            if !Self.isOfKey(byte) { dots = 0 }
            position += 1
        }
    }

    private static func isOfKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: " "), UInt8(ascii: "\t"):
            true
        default: false
        }
    }

    private mutating func skipComment() {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    }

    /// Skips a string of one line, or of several lines between triple quotes.
    private mutating func skipString(_ quote: UInt8) {
        let isLong = bytes[position...].starts(with: [quote, quote, quote])
        position += isLong ? 3 : 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""): position += 2
            case UInt8(ascii: "\n") where !isLong: return
            case quote where !isLong:
                position += 1
                return
            case quote where bytes[position...].starts(with: [quote, quote, quote]):
                position += 3
                return
            default: position += 1
            }
        }
    }

    private func problem(_ text: String) -> ConfigurationError.Problem {
        let before = bytes[..<position]
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = String(decoding: bytes[start..<position], as: UTF8.self).count + 1
        return ConfigurationError.Problem(
            "", text, position: TextPosition(line: line, column: column))
    }
}
