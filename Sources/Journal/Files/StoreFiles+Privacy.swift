internal import Files
internal import Glibc
internal import Storage

/// A store holds everybody's text, so its files are its user's alone, whatever the umask. SQLite
/// makes its own files with the permissions of the database.
extension StoreFiles {
    static let fileMode: mode_t = 0o600
    static let folderMode: mode_t = 0o700

    /// Opens a file of ours beside the database, unless a link leads elsewhere: the user who put it
    /// there must not make this process write to another file.
    ///
    /// - Throws: `foreign` for a link or what is not a regular file, or what `failure` makes of the
    ///   reason.
    static func open(
        _ path: String, _ flags: CInt, _ failure: (Errno) -> StorageError
    ) throws(StorageError) -> FileDescriptor {
        let file: FileDescriptor
        do throws(Errno) {
            file = try FileDescriptor(
                path, flags | O_NOFOLLOW | O_NONBLOCK, permissions: fileMode)
        } catch {
            guard error.code == ELOOP else { throw failure(error) }
            throw StorageError(
                .foreign, in: path, "it is a symbolic link; expected a regular file")
        }
        guard let mode = try? file.status().st_mode, mode & S_IFMT == S_IFREG else {
            throw StorageError(.foreign, in: path, "it is not a regular file")
        }
        if flags & O_CREAT != 0, mode & 0o777 != fileMode { fchmod(file.number, fileMode) }
        return file
    }

    /// The first bytes of a file beside the database; nil where there is none.
    static func contents(of path: String, atMost limit: Int) throws(StorageError) -> [UInt8]? {
        var isMissing = false
        do throws(StorageError) {
            let file = try open(path, O_RDONLY) { reason in
                isMissing = [ENOENT, ENOTDIR].contains(reason.code)
                return StorageError(.unreadable, in: path, "\(reason)")
            }
            do throws(Errno) {
                return try file.read(upTo: limit, at: 0) ?? []
            } catch {
                throw StorageError(.unreadable, in: path, "\(error)")
            }
        } catch {
            if isMissing { return nil }
            throw error
        }
    }

    /// An empty database, which SQLite would make as the umask has it.
    func makeDatabase() throws(StorageError) {
        do throws(Errno) {
            let file = try FileDescriptor(database, O_RDWR | O_CREAT, permissions: Self.fileMode)
            fchmod(file.number, Self.fileMode)
        } catch {
            throw StorageError(error, in: database, "it cannot be made")
        }
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
