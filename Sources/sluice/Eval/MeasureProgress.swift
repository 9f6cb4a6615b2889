import Client
import Synchronization

/// Shows on a terminal how far measuring is.
final class MeasureProgress: Sendable {
    private struct State {
        var tokens = 0
        var nextDrawing = ContinuousClock.now
    }

    private let label: String
    private let totalTokens: Int
    private let progress: Progress
    private let start = ContinuousClock.now
    private let state = Mutex(State())
    private let isShown = OutputStream.standardError.isTerminal

    init(_ label: String, tokens: Int, bytes: Int) {
        self.label = label.escapedForTerminal()
        totalTokens = max(tokens, 1)
        progress = Progress(totalByteCount: bytes)
    }

    /// May be called by any thread.
    func add(_ tokens: Int) {
        guard isShown else { return }
        let now = ContinuousClock.now
        let drawn = state.withLock { state in
            state.tokens += tokens
            guard now >= state.nextDrawing else { return nil as Int? }
            state.nextDrawing = now + .milliseconds(100)
            return state.tokens
        }
        guard let drawn else { return }
        // What lanes read beside their own tokens is no more of the text.
        let part = min(1, Double(drawn) / Double(totalTokens))
        let line = progress.line(
            sentByteCount: Int(part * Double(progress.totalByteCount)), elapsed: now - start)
        let output = OutputStream.standardError
        let shown = "\(label)  \(line)".prefix(columns: (output.columns ?? 80) - 1)
        try? output.write("\r\u{1B}[K\(shown)")
    }

    func clear() {
        if isShown { try? OutputStream.standardError.write("\r\u{1B}[K") }
    }
}
