internal import Glibc

/// An open regular file, read by offset and closed with its owner. It stays readable when another
/// file takes its name.
package struct RegularFile: ~Copyable {
    private let file: InputFile

    /// Follows symbolic links. Never waits: a FIFO is refused.
    package init(path: String) throws(InputFileError) {
        let expected = FileKind.regular.rawValue
        let file = try InputFile(path, expected: expected)
        guard file.kind == .regular else {
            throw file.failure(.unreadable, found: file.kind.rawValue, expected: expected)
        }
        self.file = file
    }

    package var path: String { file.path }
    /// In bytes, when it was opened.
    package var size: Int { file.size }

    /// Fills `buffer` from byte `offset` on; a file that has become shorter is refused.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, from offset: Int
    ) throws(InputFileError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(
                file.descriptor.number, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            let expected = "\(buffer.count) bytes at \(offset)"
            guard count >= 0 else {
                throw file.failure(.unreadable, found: "\(Errno.last)", expected: expected)
            }
            guard count > 0 else {
                throw file.failure(
                    .malformed, found: "its end at byte \(offset + done)", expected: expected)
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

    /// The whole file. One that is longer than `limit` bytes is refused before it is read.
    package static func contents(
        of path: String, limit: Int
    ) throws(InputFileError) -> [UInt8] {
        let file = try RegularFile(path: path)
        guard file.size <= limit else {
            throw InputFileError(
                code: .malformed, path: path, found: "\(file.size) bytes",
                expected: "at most \(limit) bytes")
        }
        return try file.values(UInt8(0), count: file.size, from: 0)
    }
}
