/// A tokenizer cannot be loaded or restored. `file` is the path or name as given.
package enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// The file could not be read.
    case unreadable(file: String, reason: String)

    /// The file is not JSON; line and column count from 1, the column in bytes.
    case notJSON(file: String, line: Int, column: Int, reason: String)

    /// A key has an unsupported value.
    case unsupported(file: String, key: String, found: String, supported: String)

    /// The parts of the file contradict each other.
    case inconsistent(file: String, key: String, reason: String)

    /// A snapshot of an incremental tokenizer is damaged or belongs to another kind of tokenizer.
    case badSnapshot(reason: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read: \(reason)"
        case .notJSON(let file, let line, let column, let reason):
            "\(file):\(line):\(column): not JSON: \(reason)"
        case .unsupported(let file, let key, let found, let supported):
            "\(file): \(key): found \(found); expected \(supported)"
        case .inconsistent(let file, let key, let reason):
            "\(file): \(key): \(reason)"
        case .badSnapshot(let reason):
            "snapshot of a tokenizer: \(reason)"
        }
    }
}
