import Client
import Files
import Foundation

/// A file that is there once it is whole: written beside its place, and moved there. What is no plain
/// file, a pipe or a device, is written as it is, and so is the standard output under another name;
/// where a link leads, the file there is replaced, and keeps its permissions.
enum NewFile {
    /// - Parameter isPrivate: others may not read it, since it shows text of streams.
    /// - Throws: `ClientError` where it cannot be written; what `body` throws.
    static func write(
        _ path: String, isPrivate: Bool = false, _ body: (Int32) throws -> Void
    ) throws {
        switch OutputPlace(path) {
        case .standardOutput: try fill(path, STDOUT_FILENO, body)
        case .special:
            let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(path) }
            defer { close(descriptor) }
            try fill(path, descriptor, body)
        case .plain(let place, let permissions):
            let (draft, descriptor) = try draft(
                of: place, for: path, permissions: isPrivate ? 0o600 : 0o644)
            defer {
                close(descriptor)
                _ = unsafe unlink(draft)
            }
            if let permissions { fchmod(descriptor, permissions) }
            try fill(path, descriptor, body)
            guard unsafe rename(draft, place) == 0 else { throw failure(path) }
        }
    }

    /// Whether it could be written, before what takes long.
    ///
    /// - Throws: `ClientError`.
    static func check(_ path: String) throws(ClientError) {
        guard case .plain(let place, _) = OutputPlace(path) else { return }
        let (draft, descriptor) = try draft(of: place, for: path, permissions: 0o600)
        close(descriptor)
        _ = unsafe unlink(draft)
    }

    /// The folder that it comes to lie in; that of temporary files where it is no plain file.
    static func folder(of path: String) -> URL {
        guard case .plain(let place, _) = OutputPlace(path) else {
            return FileManager.default.temporaryDirectory
        }
        return URL(filePath: place).deletingLastPathComponent()
    }

    /// What Foundation says of a write that failed becomes an error that names the file.
    private static func fill(
        _ path: String, _ descriptor: Int32, _ body: (Int32) throws -> Void
    ) throws {
        do {
            try body(descriptor)
        } catch let error as CocoaError {
            throw ClientError.writeFailed(reason: "\(path): \(error.localizedDescription)")
        }
    }

    private static func draft(
        of place: String, for path: String, permissions: mode_t
    ) throws(ClientError) -> (String, Int32) {
        let draft = "\(place).part-\(getpid())"
        _ = unsafe unlink(draft)
        let descriptor = unsafe open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw failure(path) }
        return (draft, descriptor)
    }

    private static func failure(_ path: String) -> ClientError {
        .writeFailed(reason: "\(path): \(unsafe String(cString: strerror(errno)))")
    }
}
