import Client

/// A line on the standard error that tells how far something is that takes long, where that is a
/// terminal. What is printed meanwhile comes after `clear`.
final class ProgressLine {
    private let isShown: Bool
    private var nextDrawing: ContinuousClock.Instant
    private var isDrawn = false

    private static let pause = Duration.milliseconds(100)

    /// - Parameters:
    ///   - isWanted: false where the output itself tells how far it is.
    ///   - firstPause: what does not take so long needs no line.
    init(isWanted: Bool = true, firstPause: Duration = .milliseconds(500)) {
        isShown = isWanted && OutputStream.standardError.isTerminal
        nextDrawing = .now + firstPause
    }

    /// As much of it as the terminal is wide; not more often than every tenth of a second.
    func show(_ text: @autoclosure () -> String) {
        guard isShown, nextDrawing <= .now else { return }
        nextDrawing = .now + Self.pause
        isDrawn = true
        let columns = OutputStream.standardError.columns ?? 80
        write("\r\u{1B}[K\(text().escapedForTerminal().prefix(columns: columns - 1))")
    }

    func clear() {
        guard isDrawn else { return }
        isDrawn = false
        write("\r\u{1B}[K")
    }

    /// Whoever closed the standard error does not want to know.
    private func write(_ text: String) { try? OutputStream.standardError.write(text) }
}
