/// What is wrong with a regular expression, or with looking for it.
package enum PatternError: Error, Equatable, CustomStringConvertible {
    /// - Parameter offset: the byte of the expression at which it was noticed.
    case invalid(pattern: String, offset: Int, reason: String)
    /// Looking for it in one text took more steps or memory than are allowed.
    case tooCostly(pattern: String)
    /// - Parameter reason: PCRE2's.
    case failed(pattern: String, reason: String)

    package var description: String {
        switch self {
        case .invalid(let pattern, _, let reason):
            "'\(pattern.prefix(60))' is no regular expression: \(reason)"
        case .tooCostly(let pattern):
            "/\(pattern.prefix(60))/ takes more than \(CompiledPattern.stepLimit) steps in one text; "
                + "expected fewer repetitions within repetitions"
        case .failed(let pattern, let reason):
            "/\(pattern.prefix(60))/ cannot be looked for: \(reason)"
        }
    }
}
