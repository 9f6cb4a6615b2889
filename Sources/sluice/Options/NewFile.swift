import Client
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
        switch Target(path) {
        case .standardOutput: try body(STDOUT_FILENO)
        case .special:
            let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(path) }
            defer { close(descriptor) }
            try body(descriptor)
        case .plain(let place, let mode):
            let (draft, descriptor) = try draft(of: place, for: path)
            defer {
                close(descriptor)
                _ = unsafe unlink(draft)
            }
            if let mode = mode ?? (isPrivate ? 0o600 : nil) { fchmod(descriptor, mode) }
            try body(descriptor)
            guard unsafe rename(draft, place) == 0 else { throw failure(path) }
        }
    }

    /// Whether it could be written, before what takes long.
    ///
    /// - Throws: `ClientError`.
    static func check(_ path: String) throws(ClientError) {
        guard case .plain(let place, _) = Target(path) else { return }
        let (draft, descriptor) = try draft(of: place, for: path)
        close(descriptor)
        _ = unsafe unlink(draft)
    }

    private static func draft(
        of place: String, for path: String
    ) throws(ClientError) -> (String, Int32) {
        let draft = "\(place).part-\(getpid())"
        _ = unsafe unlink(draft)
        let descriptor = unsafe open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        return (draft, descriptor)
    }

    private static func failure(_ path: String) -> ClientError {
        .writeFailed(reason: "\(path): \(unsafe String(cString: strerror(errno)))")
    }
}

/// What there is at a path.
private enum Target {
    case standardOutput
    case special
    /// Where links lead; the permissions of the file there, nil for none.
    case plain(String, mode: mode_t?)

    init(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            self = .plain(Self.destination(of: path), mode: nil)
            return
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            self = .special
            return
        }
        var output = stat()
        let isOutput =
            unsafe fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == status.st_dev
            && output.st_ino == status.st_ino
        self =
            isOutput
            ? .standardOutput
            : .plain(
                URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false),
                mode: status.st_mode & 0o7777)
    }

    /// Of a link to what is not there yet; else the path.
    private static func destination(of path: String) -> String {
        let found = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
        guard let found else { return path }
        let folder = URL(filePath: path).deletingLastPathComponent()
        return URL(filePath: found, relativeTo: folder).path(percentEncoded: false)
    }
}
