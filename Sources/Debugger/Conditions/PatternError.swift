/// An error in a regular expression or in a search for it.
package enum PatternError: Error, Equatable, CustomStringConvertible {
    /// - Parameter offset: the byte of the expression at which PCRE2 found the error.
    case invalid(pattern: String, offset: Int, reason: String)
    /// The search in one text took more steps or memory than allowed.
    case tooCostly(pattern: String)
    /// - Parameter reason: the message of PCRE2.
    case failed(pattern: String, reason: String)

    package var description: String {
        switch self {
        case .invalid(let pattern, _, let reason):
            "'\(pattern.prefix(60))' is not a regular expression: \(reason)"
        case .tooCostly(let pattern):
            "/\(pattern.prefix(60))/ takes more than \(CompiledPattern.stepLimit) steps in one text; "
                + "expected fewer nested repetitions"
        case .failed(let pattern, let reason):
            "/\(pattern.prefix(60))/ cannot be searched for: \(reason)"
        }
    }
}
