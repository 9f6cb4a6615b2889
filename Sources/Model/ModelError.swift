/// An unusable model folder: the file, the part of it, what was found and what was expected, in one
/// line.
package struct ModelError: Error, Equatable, CustomStringConvertible {
    /// The kind of error, for code.
    package enum Code: String, Sendable {
        case unreadable, unwritable, malformed, unsupported
        case unknownKey, missingKey, wrongValue
        case missingTensor, unexpectedTensor, wrongShape, wrongType, wrongOffsets, notFinite
        case tokenizer, outOfMemory
    }

    package let code: Code
    package let file: String
    /// The key or the tensor, if the error concerns one.
    package let part: String?
    package let found: String
    package let expected: String

    package init(_ code: Code, file: String, part: String? = nil, found: String, expected: String) {
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

/// The text on one line and of bounded length, since names in a damaged file are arbitrary.
func printable(_ text: String) -> String {
    let limit = 300
    let line = text.unicodeScalars.prefix(limit).map { scalar in
        scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    return line.joined() + (text.unicodeScalars.count > limit ? "…" : "")
}
