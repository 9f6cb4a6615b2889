import Glibc
import PlainText

/// A file of a corpus: plain text, or text in an .xz file. A byte-order mark is dropped.
package enum TextFile {
    /// The bytes of the text. A file is compressed if its name or its first bytes say so.
    ///
    /// - Parameter isStopped: polled for every megabyte and while waiting for data; true ends it
    ///   with `CorpusError.interrupted`.
    package static func bytes(
        of path: String, isStopped: () -> Bool = { false }
    ) throws(CorpusError) -> [UInt8] {
        var content = try content(of: path, isStopped)
        if path.hasSuffix(".xz") || content.starts(with: XZDecoder.magic) {
            content = try XZDecoder.decompress(content, file: path, isStopped: isStopped)
        }
        do {
            return try content.textOfFile()
        } catch {
            throw .foreignText(file: path, error)
        }
    }

    private static func content(
        of path: String, _ isStopped: () -> Bool
    ) throws(CorpusError) -> [UInt8] {
        // Opening a pipe does not wait for a writer. `wait` does, and polls `isStopped` meanwhile.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .missing(file: path, reason: lastError()) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .unreadable(file: path, reason: lastError())
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw .missing(file: path, reason: "it is a folder")
        }
        var content: [UInt8] = []
        // One more byte, so that the end of the file is reached without growing the array.
        content.reserveCapacity(Int(status.st_size) + 1)
        repeat {
            try wait(descriptor, path, isStopped)
        } while try read(descriptor, into: &content, path)
        return content
    }

    /// Waits for data or the end of the file.
    private static func wait(
        _ descriptor: Int32, _ path: String, _ isStopped: () -> Bool
    ) throws(CorpusError) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            if isStopped() { throw .interrupted(doing: "read \(path)") }
            let count = unsafe poll(&entry, 1, millisecondsBetweenQuestions)
            if count > 0 { return }
            guard count == 0 || errno == EINTR else {
                throw .unreadable(file: path, reason: lastError())
            }
        }
    }

    private static let millisecondsBetweenQuestions: Int32 = 100

    /// Appends up to a megabyte. False at the end of the file.
    private static func read(
        _ descriptor: Int32, into content: inout [UInt8], _ path: String
    ) throws(CorpusError) -> Bool {
        var code: Int32 = 0
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            var result: Int
            repeat {
                result = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            } while result < 0 && errno == EINTR
            if result < 0 { code = errno }
            count = max(result, 0)
        }
        content += piece
        switch code {
        case 0: return !piece.isEmpty
        // Another reader took the data of the same pipe.
        case EAGAIN: return true
        default: throw .unreadable(file: path, reason: unsafe String(cString: strerror(code)))
        }
    }

    private static func lastError() -> String { unsafe String(cString: strerror(errno)) }
}
