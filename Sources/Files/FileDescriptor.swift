internal import Glibc

/// A file opened for reading, without waiting for anyone.
struct FileDescriptor: ~Copyable {
    let number: CInt
    let kind: FileKind
    let size: Int

    /// - Parameter expected: what error messages say should be there.
    init(_ path: String, expected: String) throws(InputFileError) {
        number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else {
            let code: InputFileError.Code = errno == ENOENT ? .missing : .unreadable
            throw InputFileError(
                code, path, found: Self.unopenable(path, Self.lastError()), expected: expected)
        }
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else {
            let found = Self.lastError()
            close(number)
            throw InputFileError(.unreadable, path, found: found, expected: expected)
        }
        kind = FileKind(mode: status.st_mode)
        size = Int(status.st_size)
    }

    deinit { close(number) }

    static func lastError() -> String { unsafe String(cString: strerror(errno)) }

    /// A socket cannot be opened, and the system's own words do not say so.
    private static func unopenable(_ path: String, _ reason: String) -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0, FileKind(mode: status.st_mode) == .socket else {
            return reason
        }
        return FileKind.socket.rawValue
    }
}
