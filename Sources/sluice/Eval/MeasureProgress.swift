import Client
import Synchronization
import Terminal

/// Shows the progress of measuring on a terminal.
final class MeasureProgress: Sendable {
    private let label: String
    private let totalTokens: Int
    private let progress: Progress
    private let start = ContinuousClock.now
    private let tokens = Atomic(0)
    private let line = ProgressLine(firstPause: .zero)

    init(_ label: String, tokens: Int, bytes: Int) {
        self.label = label
        totalTokens = max(tokens, 1)
        progress = Progress(totalByteCount: bytes)
    }

    /// May be called by any thread.
    func add(_ count: Int) {
        let tokens = tokens.add(count, ordering: .relaxed).newValue
        line.show(text(tokens))
    }

    private func text(_ tokens: Int) -> String {
        // Lanes also read tokens before their own part of the text.
        let part = min(1, Double(tokens) / Double(totalTokens))
        let progress = progress.line(
            sentByteCount: Int(part * Double(progress.totalByteCount)), elapsed: .now - start)
        return "\(label)  \(progress)"
    }

    func clear() { line.clear() }
}
