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

    /// - Throws: `ClientError`: `outputClosed` where it is the standard output and nobody reads it.
    package func write(_ text: String) throws(ClientError) { try write(Array(text.utf8)) }

    package func write(_ bytes: [UInt8]) throws(ClientError) {
        var rest = (isTerminal ? bytes.withoutTerminalControls : bytes)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count >= 0 || errno == EINTR else {
                if errno == EPIPE, descriptor == STDOUT_FILENO { throw .outputClosed }
                throw .writeFailed(reason: lastErrorText())
            }
            rest = rest.dropFirst(max(count, 0))
        }
    }
}
