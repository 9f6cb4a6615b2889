internal import Files
internal import Glibc
internal import Storage

/// A store holds everybody's text, so its files are its user's alone, whatever the umask. SQLite
/// makes its own files with the permissions of the database.
extension StoreFiles {
    static let fileMode: mode_t = 0o600
    static let folderMode: mode_t = 0o700

    /// Opens a file of ours beside the database, but for what a link leads to: the user who
    /// put a link there must not make this process write elsewhere. Nil with `errno` set where it cannot be opened.
    ///
    /// - Throws: `foreign` for a link or what is no regular file.
    static func open(_ path: String, _ flags: Int32) throws(StorageError) -> Int32? {
        let descriptor = unsafe Glibc.open(
            path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, fileMode)
        guard descriptor >= 0 else {
            guard errno == ELOOP else { return nil }
            throw StorageError(
                .foreign, in: path, "it is a symbolic link; expected a regular file")
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw StorageError(.foreign, in: path, "it is no regular file")
        }
        if flags & O_CREAT != 0, status.st_mode & 0o777 != fileMode { fchmod(descriptor, fileMode) }
        return descriptor
    }

    /// The first bytes of a file beside the database; nil where there is none.
    static func contents(of path: String, atMost limit: Int) throws(StorageError) -> [UInt8]? {
        guard let descriptor = try open(path, O_RDONLY) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw StorageError(.unreadable, in: path, lastErrorText())
        }
        defer { close(descriptor) }
        var count = 0
        // What pread(2) reports as read is initialised, and nothing else is counted.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            count = unsafe pread(descriptor, buffer.baseAddress, limit, 0)
            filled = max(0, count)
        }
        guard count >= 0 else { throw StorageError(.unreadable, in: path, lastErrorText()) }
        return bytes
    }

    /// An empty database, which SQLite would make as the umask has it.
    func makeDatabase() throws(StorageError) {
        let descriptor = unsafe Glibc.open(
            database, O_RDWR | O_CREAT | O_CLOEXEC, Self.fileMode)
        guard descriptor >= 0 else {
            throw StorageError(.last, in: database, "it cannot be made")
        }
        fchmod(descriptor, Self.fileMode)
        close(descriptor)
    }

    /// Takes others' rights to what an earlier version or a copy left open to them.
    ///
    /// - Parameter hasOwnFolder: the folder is the store's alone.
    /// - Returns: what stays open, in words.
    func tighten(hasOwnFolder: Bool) -> [String] {
        let parts = [database, wal, database + "-shm", database + "-journal", ledger, lock]
        let open = parts.map { Self.tighten($0, Self.fileMode) }
        let folder = hasOwnFolder ? Self.tighten(folder, Self.folderMode) : Self.writers(of: folder)
        return (open + [folder]).compactMap { $0 }
    }

    private static func tighten(_ path: String, _ mode: mode_t) -> String? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK,
            status.st_mode & 0o077 != 0
        else { return nil }
        guard unsafe chmod(path, mode) != 0 else { return nil }
        return "\(path) has the permissions \(octal(status.st_mode)), and they cannot be changed: "
            + lastErrorText()
    }

    /// A user who may write in a folder can replace the files there.
    private static func writers(of folder: String) -> String? {
        var status = stat()
        guard unsafe stat(folder, &status) == 0, status.st_mode & 0o022 != 0,
            status.st_mode & S_ISVTX == 0
        else { return nil }
        return "others may write in \(folder), which has the permissions \(octal(status.st_mode))"
    }

    private static func octal(_ mode: mode_t) -> String { "0" + String(mode & 0o7777, radix: 8) }
}
