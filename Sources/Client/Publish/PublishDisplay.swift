internal import PlainText
internal import Terminal

/// Shows publishing on the standard error: notices as lines, and on a terminal also progress and a
/// summary.
package final class PublishDisplay {
    private let progress: Progress?
    private var sent = ""
    private var acknowledged = ""
    private let start = ContinuousClock.now
    private let line = ProgressLine(firstPause: .zero)

    /// - Parameter totalByteCount: nil for no progress.
    package init(totalByteCount: Int?) {
        progress = totalByteCount.map { Progress(totalByteCount: $0) }
    }

    package func show(_ report: PublishReport) {
        switch report {
        case .notice(let text): say(text)
        case .progress(let sentByteCount): draw(sentByteCount)
        case .acknowledged(let count, let all):
            acknowledged = "\(count) of \(all) acknowledged"
            draw()
        }
    }

    package func say(_ text: String) { line.print("sluice: \(text.escapedForTerminal())") }

    package func show(_ summary: PublishSummary, of options: PublisherOptions) {
        if summary.duplicateCount > 0 {
            say(
                "the daemon already had \(summary.duplicateCount) of \(summary.sentCount) numbers of "
                    + "the producer '\(options.producer)'")
        }
        guard line.isShown else { return }
        let count = summary.messageCount
        let outcome =
            "\(summary.wasInterrupted ? "interrupted after" : "published") "
            + "\(count) message\(count == 1 ? "" : "s"), "
            + "\(Progress.bytes(Double(summary.byteCount))), in the stream '\(options.stream)'"
        let acknowledged =
            "; \(summary.acknowledgedCount) of \(summary.sentCount) acknowledged"
        say(options.way == .acknowledged ? outcome + acknowledged : outcome)
    }

    /// Leaves the last progress as a line of its own. May be called again.
    package func finish() { line.keep(text) }

    private func draw(_ sentByteCount: Int) {
        guard let progress, line.isShown else { return }
        sent = progress.line(
            sentByteCount: sentByteCount, elapsed: start.duration(to: ContinuousClock.now))
        draw()
    }

    private func draw() { line.show(text) }

    private var text: String {
        [sent, acknowledged].filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
