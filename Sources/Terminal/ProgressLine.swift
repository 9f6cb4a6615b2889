internal import PlainText
internal import Synchronization

/// A line on the standard error that shows progress, redrawn in place, where that is a terminal. Any
/// thread may call it. Failed writes are ignored.
package final class ProgressLine: Sendable {
    private struct State {
        var nextDrawing: ContinuousClock.Instant
        /// The line on the screen; nil for none.
        var drawn: String?
    }

    package let isShown: Bool
    private let output = TextOutput.standardError
    private let pause: Duration
    private let state: Mutex<State>

    /// - Parameters:
    ///   - isWanted: false where the output itself shows progress.
    ///   - firstPause: shorter work needs no line.
    ///   - pause: the shortest time between two drawings.
    package init(
        isWanted: Bool = true, firstPause: Duration = .milliseconds(500),
        pause: Duration = .milliseconds(100)
    ) {
        isShown = isWanted && output.isTerminal
        self.pause = pause
        state = Mutex(State(nextDrawing: .now + firstPause))
    }

    /// Draws as much as fits, unless the last drawing was just before.
    package func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        state.withLock { state in
            guard state.nextDrawing <= .now else { return }
            state.nextDrawing = .now + pause
            draw(text(), &state)
        }
    }

    /// Writes a line of text, on a terminal above the progress.
    package func print(_ text: String) {
        state.withLock { state in
            let drawn = state.drawn
            erase(&state)
            try? output.write(text + "\n")
            if let drawn { draw(drawn, &state) }
        }
    }

    /// What is written elsewhere comes after this.
    package func clear() { state.withLock { erase(&$0) } }

    /// Leaves a text as a line of its own in place of what was drawn.
    package func keep(_ text: String) {
        state.withLock { state in
            guard state.drawn != nil else { return }
            erase(&state)
            try? output.write(text + "\n")
        }
    }

    private func draw(_ text: String, _ state: inout State) {
        let columns = (output.columns ?? TerminalSize.standard.columns) - 1
        state.drawn = text
        try? output.write("\r\u{1B}[K\(text.escapedForTerminal().prefix(columns: columns))")
    }

    private func erase(_ state: inout State) {
        guard state.drawn != nil else { return }
        state.drawn = nil
        try? output.write("\r\u{1B}[K")
    }
}
