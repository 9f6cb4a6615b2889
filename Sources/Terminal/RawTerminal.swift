package import Files
internal import Glibc
internal import Synchronization

/// A terminal that is drawn on and read key by key, instead of line by line.
///
/// `leave` restores it. The owner calls that on every way out; `TerminalSignals` does on those by a
/// signal.
package final class RawTerminal: Sendable {
    private let output = TextOutput.standardOutput
    private let original: termios
    private let isEntered = Mutex(false)

    /// The alternate screen, without wrapping of long lines, the cursor hidden.
    private static let opening = "\u{1B}[?1049h\u{1B}[?7l\u{1B}[?25l\u{1B}[2J"
    private static let closing = "\u{1B}[0m\u{1B}[?25h\u{1B}[?7h\u{1B}[?1049l"

    /// - Throws: `noTerminal` if standard input and output are no terminal.
    package init() throws(TerminalError) {
        var settings = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0, output.isTerminal else {
            throw .noTerminal
        }
        original = settings
    }

    /// - Throws: `TerminalError`, `OutputError`.
    package func enter() throws {
        var raw = original
        unsafe cfmakeraw(&raw)
        try isEntered.withLock { isEntered in
            isEntered = true
            guard unsafe tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 else {
                throw TerminalError.noRawMode(.last)
            }
        }
        try output.write(Self.opening)
    }

    /// Restores the terminal. Any thread may call it, any number of times.
    package func leave() {
        isEntered.withLock { isEntered in
            guard isEntered else { return }
            isEntered = false
            try? output.write(Self.closing)
            var original = original
            _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &original)
        }
    }

    package var size: TerminalSize { TerminalSize(of: STDOUT_FILENO) ?? .standard }

    package func write(_ text: String) throws(OutputError) { try output.write(text) }

    /// The bytes of keys that were pressed; empty if the terminal is gone.
    package func read() throws(TerminalError) -> [UInt8] {
        do throws(Errno) {
            return try FileDescriptor(borrowing: STDIN_FILENO).read(upTo: 1024) ?? []
        } catch {
            throw .unreadable(error)
        }
    }
}
