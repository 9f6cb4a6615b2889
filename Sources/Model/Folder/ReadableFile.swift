import Glibc

/// An open file, read by offset and closed with its owner. What was opened stays readable when
/// another file takes its name.
struct ReadableFile: ~Copyable {
    let path: String
    let size: Int
    private let descriptor: CInt

    init(path: String) throws(ModelError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(path, expected: "a readable file") }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let error = Self.failure(path, expected: "a readable file")
            close(descriptor)
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ModelError(
                .unreadable, file: path, found: "no regular file", expected: "a regular file")
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills `buffer` from byte `offset` on; a file that has become shorter is refused.
    func read(into buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(ModelError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(
                descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw Self.failure(path, expected: "\(buffer.count) bytes at \(offset)")
            }
            guard count > 0 else {
                throw ModelError(
                    .malformed, file: path, found: "its end at byte \(offset + done)",
                    expected: "\(buffer.count) bytes at \(offset)")
            }
            done += count
        }
    }

    /// `count` elements, each starting as `zero`, read from byte `offset` on.
    func values<Element: BitwiseCopyable>(
        _ zero: Element, count: Int, from offset: Int
    ) throws(ModelError) -> [Element] {
        var values = [Element](repeating: zero, count: count)
        try unsafe values.withUnsafeMutableBufferPointer { buffer throws(ModelError) in
            try unsafe read(into: UnsafeMutableRawBufferPointer(buffer), from: offset)
        }
        return values
    }

    /// The whole file, refused if longer than `limit` bytes.
    static func contents(of path: String, limit: Int) throws(ModelError) -> [UInt8] {
        let file = try ReadableFile(path: path)
        guard file.size <= limit else {
            throw ModelError(
                .malformed, file: path, found: "\(file.size) bytes",
                expected: "at most \(limit) bytes")
        }
        return try file.values(UInt8(0), count: file.size, from: 0)
    }

    private static func failure(_ path: String, expected: String) -> ModelError {
        let reason = unsafe String(cString: strerror(errno))
        return ModelError(.unreadable, file: path, found: reason, expected: expected)
    }
}
