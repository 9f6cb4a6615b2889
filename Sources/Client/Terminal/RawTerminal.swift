package import Files
import Glibc
import Synchronization

/// A terminal that is drawn on and read key by key, instead of line by line.
///
/// It is as it was before once `leave` was called; whoever enters it sees to that on every way out
/// (`TerminalSignals` on those by a signal).
package final class RawTerminal: Sendable {
    private let input: Int32
    private let output: OutputStream
    private let outputNumber: Int32
    private let original: termios
    private let isEntered = Mutex(false)

    /// The alternate screen, without wrapping of long lines, the cursor hidden.
    private static let opening = "\u{1B}[?1049h\u{1B}[?7l\u{1B}[?25l\u{1B}[2J"
    private static let closing = "\u{1B}[0m\u{1B}[?25h\u{1B}[?7h\u{1B}[?1049l"

    /// - Throws: `noTerminal` if standard input and output are no terminal.
    package init() throws(ClientError) {
        input = STDIN_FILENO
        outputNumber = STDOUT_FILENO
        output = .standardOutput
        var settings = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0, isatty(STDOUT_FILENO) == 1 else {
            throw .noTerminal("standard input and output are no terminal")
        }
        original = settings
    }

    package func enter() throws {
        var raw = original
        unsafe cfmakeraw(&raw)
        let isDone = isEntered.withLock { isEntered in
            isEntered = true
            return unsafe tcsetattr(input, TCSANOW, &raw) == 0
        }
        guard isDone else { throw ClientError.noTerminal("the terminal's mode cannot be set") }
        try output.write(Self.opening)
    }

    /// As it was. Any thread may call it, any number of times.
    package func leave() {
        isEntered.withLock { isEntered in
            guard isEntered else { return }
            isEntered = false
            try? output.write(Self.closing)
            var original = original
            _ = unsafe tcsetattr(input, TCSADRAIN, &original)
        }
    }

    package var size: TerminalSize { TerminalSize(of: outputNumber) }

    package func write(_ text: String) throws(OutputError) { try output.write(text) }

    /// The bytes of keys that were pressed; empty if the terminal is gone.
    package func read() throws(ClientError) -> [UInt8] {
        try Descriptor.standardInput.read(upTo: 1024, path: "the terminal") ?? []
    }
}
