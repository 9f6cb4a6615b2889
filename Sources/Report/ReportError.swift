/// Why there is no report.
package enum ReportError: Error, Equatable {
    /// There is not one token to show.
    case noTokens(stream: String)
    case tooManyTokens(Int, limit: Int)
    /// The stream has more tokens than this.
    case moreTokens(limit: Int)
    case tooLarge(bytes: Int, limit: Int)
    case noSuchLayer(Int, layers: Int)
    /// A part of the trace has another size than the rest of it calls for.
    case inconsistent(part: String, found: Int, expected: Int)
    case writeFailed(path: String, reason: String)
}

extension ReportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noTokens(let stream): "nothing to report: \(stream) has no token"
        case .tooManyTokens(let count, let limit):
            "a report shows at most \(limit) tokens; there are \(count): give it less text, or record "
                + "it and choose a part by `sluice replay report`, with --from and --to"
        case .moreTokens(let limit):
            "a report shows at most \(limit) tokens, and here are more; choose a part with --from "
                + "and --to"
        case .tooLarge(let bytes, let limit):
            "the report would take \(bytes >> 20) MiB, more than the \(limit >> 20) that a browser "
                + "bears; choose fewer --units, or a part with --from and --to"
        case .noSuchLayer(let layer, let layers):
            "the model has no layer \(layer); its layers are 0 to \(layers - 1)"
        case .inconsistent(let part, let found, let expected):
            "the trace is inconsistent: \(part) has \(found) values, expected \(expected)"
        case .writeFailed(let path, let reason): "cannot write \(path): \(reason)"
        }
    }
}
