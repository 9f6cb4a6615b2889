import Client

/// A line on the standard error that tells how far something is that takes long, where that is a
/// terminal. What is printed meanwhile comes after `clear`.
final class ProgressLine {
    private let isShown: Bool
    private var nextDrawing = ContinuousClock.now + firstPause
    private var isDrawn = false

    /// What does not take so long needs no line.
    private static let firstPause = Duration.milliseconds(500)
    private static let pause = Duration.milliseconds(100)

    /// - Parameter isWanted: false where the output itself tells how far it is.
    init(isWanted: Bool = true) {
        isShown = isWanted && OutputStream.standardError.isTerminal
    }

    func show(_ text: @autoclosure () -> String) {
        guard isShown, nextDrawing <= .now else { return }
        nextDrawing = .now + Self.pause
        isDrawn = true
        write("\r\u{1B}[K\(text())")
    }

    func clear() {
        guard isDrawn else { return }
        isDrawn = false
        write("\r\u{1B}[K")
    }

    /// Whoever closed the standard error does not want to know.
    private func write(_ text: String) { try? OutputStream.standardError.write(text) }
}
