import Client

/// A line on a terminal that says what is being done, drawn over itself; nothing elsewhere.
final class StatusLine {
    private let output = Client.OutputStream.standardError
    private let isShown = Client.OutputStream.standardError.isTerminal
    private var isDrawn = false
    private var nextDrawing = ContinuousClock.now

    private static let pause = Duration.milliseconds(100)

    /// As much of it as the terminal is wide; not more often than every tenth of a second.
    func show(_ text: @autoclosure () -> String) {
        guard isShown, ContinuousClock.now >= nextDrawing else { return }
        nextDrawing = .now + Self.pause
        isDrawn = true
        let shown = text().escapedForTerminal().prefix((output.columns ?? 80) - 1)
        try? output.write("\r\u{1B}[2K\(shown)")
    }

    func clear() {
        if isDrawn { try? output.write("\r\u{1B}[2K") }
        isDrawn = false
        nextDrawing = .now
    }
}
