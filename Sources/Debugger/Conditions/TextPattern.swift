/// A regular expression in PCRE2's syntax that is searched for in the text of messages.
///
/// It is true at the token in which a match ends. It sees at most `SourceText.window` bytes of the
/// message, so that the place where stepping began does not change the result.
package final class TextPattern {
    private let compiled: CompiledPattern

    /// - Parameter flags: `i` to ignore case.
    /// - Throws: `PatternError` for a wrong expression.
    package init(_ pattern: String, flags: String = "") throws(PatternError) {
        compiled = try CompiledPattern(pattern, ignoresCase: flags.contains("i"))
    }

    /// - Throws: `PatternError.tooCostly`.
    package func ends(in point: SessionPoint) throws(PatternError) -> Bool {
        guard let token = point.token, !token.source.isEmpty else { return false }
        return try ends(inLast: token.source.count, of: point.text)
    }

    /// Whether a match ends in the last `count` bytes of the text.
    func ends(inLast count: Int, of bytes: [UInt8]) throws(PatternError) -> Bool {
        let text = Array(String(decoding: bytes, as: UTF8.self).utf8)
        // Bytes that are not UTF-8 were replaced by U+FFFD, which has another length.
        let tail =
            text.count == bytes.count
            ? count : String(decoding: bytes.suffix(count), as: UTF8.self).utf8.count
        var start = 0
        while start < text.count, let end = try compiled.firstEnd(in: text, from: start) {
            if end > text.count - tail { return true }
            // After \K a match may end where the search began.
            guard end > start else { return false }
            start = end
        }
        return false
    }
}
