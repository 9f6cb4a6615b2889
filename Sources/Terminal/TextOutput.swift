package import Files
internal import Glibc

/// Text written to a descriptor without a buffer. A terminal receives no control characters of others.
package struct TextOutput: Sendable {
    package static let standardOutput = TextOutput(STDOUT_FILENO)
    package static let standardError = TextOutput(STDERR_FILENO)

    private let descriptor: CInt

    package init(_ descriptor: CInt) { self.descriptor = descriptor }

    package var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal; nil where the output is no terminal, or the width is not known.
    package var columns: Int? { TerminalSize(of: descriptor)?.columns }

    package func write(_ text: String) throws(OutputError) { try write(Array(text.utf8)) }

    /// Writes all bytes.
    package func write(_ bytes: [UInt8]) throws(OutputError) {
        do throws(Errno) {
            try FileDescriptor(borrowing: descriptor)
                .write(isTerminal ? bytes.withoutTerminalControls : bytes)
        } catch {
            throw error.code == EPIPE && descriptor == STDOUT_FILENO
                ? .closed : .failed(path: nil, reason: "\(error)")
        }
    }
}
