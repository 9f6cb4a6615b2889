internal import Terminal

extension PublishDisplay {
    package func show(_ summary: ReliableSummary, of options: ReliableOptions) {
        if summary.duplicateCount > 0 {
            note(
                "the daemon already had \(summary.duplicateCount) of \(summary.sentCount) numbers of "
                    + "the producer '\(options.producer)'")
        }
        guard line.isShown else { return }
        note(
            "\(summary.wasInterrupted ? "interrupted after " : "published ")"
                + "\(plural(summary.messageCount, "message")), "
                + "\(Progress.bytes(Double(summary.byteCount))), in the stream "
                + "'\(options.stream)'; \(summary.acknowledgedCount) of \(summary.sentCount) "
                + "acknowledged")
    }
}
