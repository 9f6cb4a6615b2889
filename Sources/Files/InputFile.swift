internal import Glibc

/// A file opened to be read. Opening waits for no other process.
struct InputFile: ~Copyable {
    let path: String
    let descriptor: FileDescriptor
    let kind: FileKind
    /// In bytes, when it was opened.
    let size: Int

    /// - Parameter expected: what error messages say should be there.
    init(_ path: String, expected: String) throws(InputFileError) {
        do throws(Errno) {
            let descriptor = try FileDescriptor(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
            let status = try descriptor.status()
            self.path = path
            kind = FileKind(mode: status.st_mode)
            size = Int(status.st_size)
            self.descriptor = consume descriptor
        } catch {
            let code: InputFileError.Code = error.code == ENOENT ? .missing : .unreadable
            throw InputFileError(
                code: code, path: path,
                found: Self.isSocket(path) ? FileKind.socket.rawValue : "\(error)",
                expected: expected)
        }
    }

    /// A socket cannot be opened, and the system's own message does not say so.
    private static func isSocket(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && FileKind(mode: status.st_mode) == .socket
    }

    func failure(
        _ code: InputFileError.Code, found: String, expected: String
    ) -> InputFileError {
        InputFileError(code: code, path: path, found: found, expected: expected)
    }
}
