internal import Glibc

/// An open regular file, read by offset and closed with its owner. What was opened stays readable
/// when another file takes its name.
package struct RegularFile: ~Copyable {
    package let path: String
    /// In bytes, when it was opened.
    package let size: Int
    private let descriptor: FileDescriptor

    /// Follows symbolic links. Never waits: a FIFO is refused, and not opened for good.
    package init(path: String) throws(InputFileError) {
        let descriptor = try FileDescriptor(path, expected: FileKind.regular.rawValue)
        guard descriptor.kind == .regular else {
            throw InputFileError(
                .unreadable, path, found: descriptor.kind.rawValue,
                expected: FileKind.regular.rawValue)
        }
        self.path = path
        size = descriptor.size
        self.descriptor = descriptor
    }

    /// Fills `buffer` from byte `offset` on; a file that has become shorter is refused.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, from offset: Int
    ) throws(InputFileError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(
                descriptor.number, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            let expected = "\(buffer.count) bytes at \(offset)"
            guard count >= 0 else {
                throw InputFileError(
                    .unreadable, path, found: FileDescriptor.lastError(), expected: expected)
            }
            guard count > 0 else {
                throw InputFileError(
                    .malformed, path, found: "its end at byte \(offset + done)",
                    expected: expected)
            }
            done += count
        }
    }

    /// `count` elements, each starting as `zero`, read from byte `offset` on.
    package func values<Element: BitwiseCopyable>(
        _ zero: Element, count: Int, from offset: Int
    ) throws(InputFileError) -> [Element] {
        var values = [Element](repeating: zero, count: count)
        try unsafe values.withUnsafeMutableBufferPointer { buffer throws(InputFileError) in
            try unsafe read(into: UnsafeMutableRawBufferPointer(buffer), from: offset)
        }
        return values
    }

    /// The whole file, refused before it is read if longer than `limit` bytes.
    package static func contents(
        of path: String, limit: Int
    ) throws(InputFileError) -> [UInt8] {
        let file = try RegularFile(path: path)
        guard file.size <= limit else {
            throw InputFileError(
                .malformed, path, found: "\(file.size) bytes", expected: "at most \(limit) bytes")
        }
        return try file.values(UInt8(0), count: file.size, from: 0)
    }
}
