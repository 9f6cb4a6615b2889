package import Files
import Glibc

/// A file descriptor written to without a buffer, all or an error.
package struct OutputStream: Sendable {
    package static let standardOutput = OutputStream(STDOUT_FILENO)
    package static let standardError = OutputStream(STDERR_FILENO)

    private let descriptor: Int32

    package init(_ descriptor: Int32) { self.descriptor = descriptor }

    package var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal; nil if it is none.
    package var columns: Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    package func write(_ text: String) throws(OutputError) { try write(Array(text.utf8)) }

    package func write(_ bytes: [UInt8]) throws(OutputError) {
        do throws(Errno) {
            try FileDescriptor(borrowing: descriptor)
                .write(isTerminal ? bytes.withoutTerminalControls : bytes)
        } catch {
            if error.code == EPIPE, descriptor == STDOUT_FILENO { throw .closed }
            throw .failed(path: nil, reason: "\(error)")
        }
    }
}
