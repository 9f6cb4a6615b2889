import Client
import Glibc

/// A file that is there once it is whole: written beside its place, and moved there. What is no plain
/// file, a pipe or a device, is written as it is; where a link leads, the file there is replaced.
enum NewFile {
    /// - Throws: `ClientError` where it cannot be written; what `body` throws.
    static func write(_ path: String, _ body: (Int32) throws -> Void) throws {
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        guard !exists || status.st_mode & S_IFMT == S_IFREG else {
            let descriptor = try opened(path, O_WRONLY, for: path)
            defer { close(descriptor) }
            return try body(descriptor)
        }
        let place = exists ? resolved(path) : path
        let draft = "\(place).part-\(getpid())"
        let descriptor = try opened(draft, O_RDWR | O_CREAT | O_TRUNC, for: path)
        defer {
            close(descriptor)
            _ = unsafe unlink(draft)
        }
        try body(descriptor)
        guard unsafe rename(draft, place) == 0 else { throw failure(path) }
    }

    private static func opened(
        _ file: String, _ flags: Int32, for path: String
    ) throws(ClientError) -> Int32 {
        let descriptor = unsafe open(file, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        return descriptor
    }

    private static func resolved(_ path: String) -> String {
        guard let found = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    private static func failure(_ path: String) -> ClientError {
        .writeFailed(reason: "\(path): \(unsafe String(cString: strerror(errno)))")
    }
}
