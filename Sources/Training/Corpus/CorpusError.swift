package import PlainText

/// Why a corpus could not be read. `file` is the path that was given.
package enum CorpusError: Error, Equatable, CustomStringConvertible {
    case missing(file: String, reason: String)
    case unreadable(file: String, reason: String)

    /// An .xz file that is not one, or not whole; `offset` counts its own bytes.
    case badCompression(file: String, offset: Int, reason: String)

    /// `offset` counts the bytes of the text, after decompression.
    case notUTF8(file: String, offset: Int)

    /// A file that is no text in UTF-8.
    case foreignText(file: String, ForeignText)

    /// Whoever waited for it wanted to stop.
    case interrupted(doing: String)

    /// A table that is not as it should be; lines count from 1.
    case badTable(file: String, line: Int, column: String?, found: String, expected: String)

    package var description: String {
        switch self {
        case .missing(let file, let reason): "\(file): cannot be opened: \(reason)"
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .badCompression(let file, let offset, let reason):
            "\(file): byte \(offset): \(reason)"
        case .notUTF8(let file, let offset):
            "\(file): byte \(offset) of the text is not UTF-8; "
                + ForeignText.unknownEncodingRemedy
        case .foreignText(let file, let found): "\(file): \(found)"
        case .interrupted(let work): "interrupted while it \(work)"
        case .badTable(let file, let line, let column, let found, let expected):
            "\(file):\(line): \(column.map { "column \($0): " } ?? "")found \(found); "
                + "expected \(expected)"
        }
    }
}
