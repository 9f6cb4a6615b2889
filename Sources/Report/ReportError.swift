/// Why there is no report.
package enum ReportError: Error, Equatable {
    /// There is not one token to show.
    case noTokens(stream: String)
    case tooManyTokens(Int, limit: Int)
    /// A part of the trace has another size than the rest of it calls for.
    case inconsistent(part: String, found: Int, expected: Int)
    case writeFailed(path: String, reason: String)
}

extension ReportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noTokens(let stream): "nothing to report: \(stream) has no token"
        case .tooManyTokens(let count, let limit):
            "a report shows at most \(limit) tokens; there are \(count)"
        case .inconsistent(let part, let found, let expected):
            "the trace is inconsistent: \(part) has \(found) values, expected \(expected)"
        case .writeFailed(let path, let reason): "cannot write \(path): \(reason)"
        }
    }
}
