package import PlainText

/// A corpus cannot be read. `file` is the path as given.
package enum CorpusError: Error, Equatable, CustomStringConvertible {
    case missing(file: String, reason: String)
    case unreadable(file: String, reason: String)

    /// A damaged or truncated .xz file. `offset` counts the compressed bytes.
    case badCompression(file: String, offset: Int, reason: String)

    /// `offset` counts the bytes of the text, after decompression.
    case notUTF8(file: String, offset: Int)

    /// A file in another encoding than UTF-8.
    case foreignText(file: String, ForeignText)

    /// The caller asked to stop.
    case interrupted(doing: String)

    /// A malformed table. Lines count from 1.
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
