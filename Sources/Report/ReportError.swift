/// Why a report cannot be written.
package enum ReportError: Error, Equatable {
    /// The session has no tokens.
    case noTokens(stream: String)
    /// - Parameter count: nil where it is not known.
    case tooManyTokens(_ count: Int?, limit: Int, isStored: Bool)
    case tooLarge(bytes: Int, limit: Int)
    case noSuchLayer(Int, layers: Int)
    /// A part of the trace does not have the size that the other parts require.
    case inconsistent(part: String, found: Int, expected: Int)
    case writeFailed(path: String, reason: String)
}

extension ReportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noTokens(let stream): "nothing to report: \(stream) has no tokens"
        case .tooManyTokens(let count, let limit, let isStored):
            "a report shows at most \(limit) tokens, found \(count.map(String.init) ?? "more"); "
                + (isStored
                    ? "select a part with --from and --to"
                    : "use less text, or store the session and use `sluice replay report` with "
                        + "--from and --to")
        case .tooLarge(let bytes, let limit):
            "the report would take \(bytes >> 20) MiB, expected at most \(limit >> 20) MiB for a browser; "
                + "select fewer --units, or a part with --from and --to"
        case .noSuchLayer(let layer, let layers):
            "the model has no layer \(layer); its layers are 0 to \(layers - 1)"
        case .inconsistent(let part, let found, let expected):
            "the trace is inconsistent: \(part) has \(found) values, expected \(expected)"
        case .writeFailed(let path, let reason): "cannot write \(path): \(reason)"
        }
    }
}
