internal import Glibc

/// A short document that a user names: a file, or the end of a pipe, such as a shell's `<(…)`.
package enum SmallDocument {
    /// How long a pipe may keep us waiting.
    private static let patience: CInt = 10_000

    /// All of it.
    ///
    /// - Throws: `InputFileError` for more than `limit` bytes, for what is neither a file nor a pipe,
    ///   and for a pipe that stays silent for 10 s.
    package static func contents(of path: String, limit: Int) throws(InputFileError) -> [UInt8] {
        let expected = "a file"
        let descriptor = try FileDescriptor(path, expected: expected)
        switch descriptor.kind {
        case .regular, .pipe, .characterDevice: break
        default:
            throw InputFileError(
                .unreadable, path, found: descriptor.kind.rawValue, expected: expected)
        }
        var bytes: [UInt8] = []
        while let piece = try read(descriptor, path) {
            bytes += piece
            guard bytes.count <= limit else {
                throw InputFileError(
                    .malformed, path, found: "more than \(limit) bytes",
                    expected: "at most \(limit) bytes")
            }
        }
        guard descriptor.kind != .pipe || !bytes.isEmpty else {
            throw InputFileError(
                .unreadable, path, found: "a FIFO that nobody writes to", expected: expected)
        }
        return bytes
    }

    /// Nil at the end.
    private static func read(
        _ descriptor: borrowing FileDescriptor, _ path: String
    ) throws(InputFileError) -> [UInt8]? {
        while true {
            var code: CInt = 0
            let number = descriptor.number
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let result = unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
                if result < 0 { code = errno }
                count = max(result, 0)
            }
            switch code {
            case 0: return piece.isEmpty ? nil : piece
            case EINTR: continue
            case EAGAIN: try wait(number, path)
            default:
                throw InputFileError(
                    .unreadable, path, found: unsafe String(cString: strerror(code)),
                    expected: "a file that can be read")
            }
        }
    }

    private static func wait(_ number: CInt, _ path: String) throws(InputFileError) {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        while true {
            let count = unsafe poll(&entry, 1, patience)
            if count > 0 { return }
            if count < 0 && errno == EINTR { continue }
            throw InputFileError(
                .unreadable, path, found: "nothing for \(patience / 1000) s",
                expected: "a document to its end")
        }
    }
}
