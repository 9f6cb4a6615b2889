import Glibc
import Journal

/// A file that is there once it is whole: written beside its place, and moved there.
enum NewFile {
    static func write(_ path: String, _ body: (Int32) throws -> Void) throws {
        let draft = "\(path).part-\(getpid())"
        let descriptor = unsafe open(draft, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        defer {
            close(descriptor)
            _ = unsafe unlink(draft)
        }
        try body(descriptor)
        guard unsafe rename(draft, path) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> JournalError {
        JournalError(
            .io, file: path, "it cannot be written: \(unsafe String(cString: strerror(errno)))")
    }
}
