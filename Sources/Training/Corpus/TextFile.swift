internal import Files
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

    /// The same for a text that must be UTF-8.
    package static func utf8(
        of path: String, isStopped: () -> Bool = { false }
    ) throws(CorpusError) -> [UInt8] {
        let bytes = try bytes(of: path, isStopped: isStopped)
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw .notUTF8(file: path, offset: error.byteOffsets.lowerBound)
        }
        return bytes
    }

    private static func content(
        of path: String, _ isStopped: () -> Bool
    ) throws(CorpusError) -> [UInt8] {
        let file = try open(path)
        let status = try naming(path) { () throws(Errno) in try file.status() }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw .missing(file: path, reason: "it is a folder")
        }
        var content: [UInt8] = []
        // One more, so that the end of a regular file is read without growing.
        content.reserveCapacity(Int(status.st_size) + 1)
        while true {
            if isStopped() { throw .interrupted(doing: "read \(path)") }
            let piece = try naming(path) { () throws(Errno) -> [UInt8]? in
                guard try file.waitForInput(milliseconds: patience) else { return nil }
                // Nil also where another reader of the same pipe was faster.
                return try file.read(upTo: 1 << 20)
            }
            guard let piece else { continue }
            guard !piece.isEmpty else { return content }
            content += piece
        }
    }

    /// Milliseconds between two calls of `isStopped`.
    private static let patience: Int32 = 100

    /// Opening a pipe does not wait for a writer. Reading does, and calls `isStopped` meanwhile.
    private static func open(_ path: String) throws(CorpusError) -> FileDescriptor {
        do throws(Errno) {
            return try FileDescriptor(path, O_RDONLY | O_NONBLOCK)
        } catch {
            throw .missing(file: path, reason: "\(error)")
        }
    }

    private static func naming<Result>(
        _ path: String, _ body: () throws(Errno) -> Result
    ) throws(CorpusError) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw .unreadable(file: path, reason: "\(error)")
        }
    }
}
