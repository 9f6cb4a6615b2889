/// Why an output could not be written.
package enum OutputError: Error, Equatable, CustomStringConvertible {
    /// The reader of the standard output has closed it.
    case closed
    /// - Parameter path: nil for the standard output or error.
    case failed(path: String?, reason: String)

    package var reason: String {
        switch self {
        case .closed: "the reader has closed the output"
        case .failed(_, let reason): reason
        }
    }

    package var description: String {
        switch self {
        case .closed: reason
        case .failed(nil, let reason): "cannot write the output: \(reason)"
        case .failed(let path?, let reason): "cannot write the output: \(path): \(reason)"
        }
    }
}
