import Engine
import PlainText
import Terminal

/// A stream's report as text.
enum StateText {
    static func lines(_ report: StreamReport) -> String {
        let rows = facts(report) + vectors(report)
        return AlignedTable(lines: rows.map { [$0, $1.escapedForTerminal()] }).text()
    }

    private static func facts(_ report: StreamReport) -> [(String, String)] {
        [
            ("stream", report.stream + (report.isQuarantined ? " (quarantined)" : "")),
            ("model", report.model),
            ("epoch", "\(report.epoch)"),
            (
                "read",
                "\(report.tokens) tokens, \(report.offset) bytes, \(report.messages) messages"
            ),
            (
                "in all epochs",
                "\(report.incarnationTokens) tokens, \(report.incarnationMessages) messages"
            ),
            (
                "events",
                "\(report.streamEvents) about the stream, \(report.errorEvents) about errors"
            ),
            ("message", report.messageStart.map { "open since byte \($0)" } ?? "none is open"),
            ("held back", heldBack(report)),
            ("last token", report.lastToken.map(text) ?? "none"),
            (
                "sentiment",
                report.sentiment.map { "\($0.score), positive \($0.positive)" } ?? "none"
            ),
            ("state", "\(report.values) values"),
            ("digest", report.digest),
        ]
    }

    private static func heldBack(_ report: StreamReport) -> String {
        guard let heldBack = report.heldBack else { return "unknown without the model" }
        guard heldBack.bytes > 0 else { return "nothing" }
        return "\(heldBack.bytes) bytes: \(heldBack.text.debugDescription)"
    }

    private static func text(_ token: StreamReport.LastToken) -> String {
        let place = token.offset.map { "\($0)" }.joined(separator: " to ")
        return "\(token.id)" + (token.text.map { " \($0.debugDescription)" } ?? "")
            + ", bytes \(place)"
    }

    private static func vectors(_ report: StreamReport) -> [(String, String)] {
        (report.norms ?? []).map {
            ("|\($0.name)|", "\($0.norm), largest \($0.largest)")
        }
    }

    /// A line about a moved state.
    static func line(_ moved: MovedStream, _ what: String) -> String {
        "\(what) '\(moved.stream)' after \(moved.tokens) tokens of epoch \(moved.epoch): "
            .escapedForTerminal() + "\(moved.bytes) bytes, digest \(moved.digest)\n"
    }
}
