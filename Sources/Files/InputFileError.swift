/// A file that cannot be read: what was found and what was expected.
package struct InputFileError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// There is no such file.
        case missing
        /// It cannot be opened or read, or is not of the expected kind.
        case unreadable
        /// It is too long, or ends too early.
        case malformed
    }

    package let code: Code
    package let path: String
    package let found: String
    package let expected: String

    package var reason: String { "found \(found); expected \(expected)" }
    package var description: String { "\(path): \(reason)" }
}
