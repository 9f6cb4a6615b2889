/// A regular expression that is looked for in running text.
///
/// It is true at the token in which a match ends. It sees `window` bytes of the message at most,
/// so that it is true at the same tokens wherever a walk began.
package struct TextPattern {
    static let window = 512

    private let regex: Regex<AnyRegexOutput>

    /// - Parameter flags: `i` to ignore case.
    /// - Throws: what the expression is wrong in.
    package init(_ pattern: String, flags: String = "") throws {
        let regex = try Regex(pattern)
        self.regex = flags.contains("i") ? regex.ignoresCase() : regex
    }

    package func ends(in point: WalkPoint) -> Bool {
        guard let token = point.token, !token.source.isEmpty else { return false }
        return ends(inLast: token.source.count, of: point.text)
    }

    /// Whether a match ends in the last `count` bytes of the text.
    func ends(inLast count: Int, of bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        // Bytes that are not UTF-8 have become U+FFFD, of another length.
        let tail =
            text.utf8.count == bytes.count
            ? count : String(decoding: bytes.suffix(count), as: UTF8.self).utf8.count
        let size = text.utf8.count
        return text.matches(of: regex).contains { match in
            let end = text.utf8.distance(from: text.startIndex, to: match.range.upperBound)
            return !match.range.isEmpty && end > size - tail
        }
    }
}
