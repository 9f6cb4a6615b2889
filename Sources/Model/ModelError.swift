/// A model folder that cannot be used: which file, which part of it, what was found and what was
/// expected, in one line.
package struct ModelError: Error, Equatable, CustomStringConvertible {
    /// What kind of refusal this is, to be matched in code.
    package enum Code: String, Sendable {
        case unreadable, unwritable, malformed, unsupported
        case unknownKey, missingKey, wrongValue
        case missingTensor, unexpectedTensor, wrongShape, wrongType, wrongOffsets, notFinite
        case tokenizer, outOfMemory
    }

    package let code: Code
    package let file: String
    /// The key or tensor concerned, if it is one.
    package let part: String?
    package let found: String
    package let expected: String

    package init(
        _ code: Code, file: String, part: String? = nil, found: String, expected: String
    ) {
        self.code = code
        self.file = file
        self.part = part.map(printable)
        self.found = printable(found)
        self.expected = printable(expected)
    }

    package var description: String {
        let place = part.map { "\(file): \($0)" } ?? file
        return "\(place): found \(found); expected \(expected)"
    }
}

/// The text on one line and of bounded length: names in a damaged file can be anything.
func printable(_ text: String) -> String {
    let limit = 300
    let line = text.unicodeScalars.prefix(limit).map { scalar in
        scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    return line.joined() + (text.unicodeScalars.count > limit ? "…" : "")
}
