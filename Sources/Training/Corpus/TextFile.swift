import Glibc

/// A file of a corpus, read whole: plain text, or text in an .xz file.
package enum TextFile {
    /// The bytes of the text. A file is taken for compressed by its name or by how it begins.
    ///
    /// - Parameter isStopped: asked at every megabyte; true ends it with `CorpusError.interrupted`.
    package static func bytes(
        of path: String, isStopped: () -> Bool = { false }
    ) throws(CorpusError) -> [UInt8] {
        let content = try content(of: path, isStopped)
        guard path.hasSuffix(".xz") || content.starts(with: XZDecoder.magic) else {
            return content
        }
        return try XZDecoder.decompress(content, file: path, isStopped: isStopped)
    }

    private static func content(
        of path: String, _ isStopped: () -> Bool
    ) throws(CorpusError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
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
        // One more, so that a whole file's end is met without growing.
        content.reserveCapacity(Int(status.st_size) + 1)
        while try read(descriptor, into: &content, path) > 0 {
            if isStopped() { throw .interrupted(doing: "read \(path)") }
        }
        return content
    }

    /// Appends up to a megabyte; returns how much, 0 at the end of the file.
    private static func read(
        _ descriptor: Int32, into content: inout [UInt8], _ path: String
    ) throws(CorpusError) -> Int {
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            var result: Int
            repeat {
                result = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            } while result < 0 && errno == EINTR
            if result >= 0 { errno = 0 }
            count = max(result, 0)
        }
        guard !piece.isEmpty || errno == 0 else {
            throw .unreadable(file: path, reason: lastError())
        }
        content += piece
        return piece.count
    }

    private static func lastError() -> String { unsafe String(cString: strerror(errno)) }
}
