internal import Glibc

/// A short document that a user names: a file, or the end of a pipe, such as a shell's `<(…)`.
package enum SmallDocument {
    /// The longest wait for the writer of a pipe, in milliseconds.
    private static let patience: CInt = 10_000

    /// The whole document.
    ///
    /// - Throws: `InputFileError` for more than `limit` bytes, for what is neither a file nor a pipe,
    ///   and for a pipe that stays silent for 10 s.
    package static func contents(of path: String, limit: Int) throws(InputFileError) -> [UInt8] {
        let expected = "a file"
        let file = try InputFile(path, expected: expected)
        switch file.kind {
        case .regular, .pipe, .characterDevice: break
        default: throw file.failure(.unreadable, found: file.kind.rawValue, expected: expected)
        }
        var bytes: [UInt8] = []
        while let piece = try read(file) {
            bytes += piece
            guard bytes.count <= limit else {
                throw file.failure(
                    .malformed, found: "more than \(limit) bytes",
                    expected: "at most \(limit) bytes")
            }
        }
        guard file.kind != .pipe || !bytes.isEmpty else {
            throw file.failure(
                .unreadable, found: "a FIFO without a writer", expected: expected)
        }
        return bytes
    }

    /// Nil at the end.
    private static func read(_ file: borrowing InputFile) throws(InputFileError) -> [UInt8]? {
        do throws(Errno) {
            while true {
                if let piece = try file.descriptor.read(upTo: 1 << 16) {
                    return piece.isEmpty ? nil : piece
                }
                guard try file.descriptor.waitForInput(milliseconds: patience) else { break }
            }
        } catch {
            throw file.failure(
                .unreadable, found: "\(error)", expected: "a file that can be read")
        }
        throw file.failure(
            .unreadable, found: "nothing for \(patience / 1000) s",
            expected: "a document to its end")
    }
}
