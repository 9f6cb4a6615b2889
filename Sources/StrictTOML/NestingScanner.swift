/// Rejects documents that the parser must not see. The parser and the code that walks its tables are
/// recursive, and the parser limits arrays and inline tables, but not dotted keys. It also ends the
/// process at some syntax errors: a heading that begins with anything but a key, such as `[.x]`, anything
/// but a time after a date and `T`, and a brace, or a line separator of Unicode, in place of an array's
/// value. (Each is an `assert` of toml++ 3.4 that nothing before it has made sure of.)
///
/// The scanner finds the ends of comments and strings exactly where the parser does, since what it takes
/// for a string it does not check. It leaves other syntax errors to the parser.
struct NestingScanner {
    static let mostKeyParts = 16
    static let deepest = 32

    private let bytes: [UInt8]
    private var position = 0
    /// The dots of the current key, and the open brackets and braces.
    private var dots = 0
    private var open: [UInt8] = []

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
            if open.isEmpty, byte == UInt8(ascii: "["), beginsLine { try checkHeading() }
            open.append(byte)
            dots = 0
            if open.count > Self.deepest {
                throw problem("found deeper nesting, expected at most \(Self.deepest) levels")
            }
            position += 1
        case 0x80...: try checkByteOrderMark()
        default:
            if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { try close(byte) }
            if byte | 0x20 == UInt8(ascii: "t") { try checkTime() }
            if !Self.isOfKey(byte) { dots = 0 }
            position += 1
        }
    }

    private mutating func close(_ byte: UInt8) throws(ConfigurationError.Problem) {
        guard let opened = open.popLast() else { return }
        guard (opened == UInt8(ascii: "{")) == (byte == UInt8(ascii: "}")) else {
            throw problem(
                "found '\(Character(UnicodeScalar(byte)))', which does not close "
                    + "'\(Character(UnicodeScalar(opened)))'")
        }
    }

    /// Outside of strings and comments everything is ASCII, but for U+FEFF at the beginning.
    private mutating func checkByteOrderMark() throws(ConfigurationError.Problem) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard position == 0, bytes.starts(with: mark) else {
            throw problem("found a character that is not ASCII outside of a string and a comment")
        }
        position += mark.count
    }

    private var beginsLine: Bool {
        let before = bytes[..<position].reversed().drop(while: Self.isBlank)
        // The last byte of U+FEFF, which may begin a document.
        return before.first.map { $0 == UInt8(ascii: "\n") || $0 == 0xBF } ?? true
    }

    /// A second bracket directly after the first, blanks, then a key.
    private func checkHeading() throws(ConfigurationError.Problem) {
        let rest = bytes[(position + 1)...]
        let isArray = rest.first == UInt8(ascii: "[")
        guard let first = rest.dropFirst(isArray ? 1 : 0).drop(while: Self.isBlank).first
        else { return }
        // The parser has messages for `[]` and `[ [`.
        let others = Array((isArray ? "\"']" : "\"'[]").utf8)
        guard !Self.isOfKey(first), !others.contains(first) else { return }
        throw problem("found a heading without a name, expected [NAME] or [[NAME]]")
    }

    /// After `1979-05-27T`, a digit.
    private func checkTime() throws(ConfigurationError.Problem) {
        let pattern = Array("0000-00-00".utf8)
        let before = bytes[..<position].suffix(pattern.count)
        let shape = before.map { Self.isDigit($0) ? UInt8(ascii: "0") : $0 }
        guard shape == pattern, position + 1 < bytes.count, !Self.isDigit(bytes[position + 1])
        else { return }
        throw problem("found a date without the time that must follow it here")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
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
                // Up to two quotes before the last three belong to the text.
                position += bytes[position...].prefix(5).prefix { $0 == quote }.count
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
