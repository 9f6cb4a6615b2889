internal import Files
internal import Glibc
internal import Storage

/// Tells one file from another at the same path.
struct FileIdentity: Equatable {
    let size: Int
    private let device: dev_t
    private let inode: ino_t

    /// Nil where there is no file.
    init?(_ path: String) throws(StorageError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw StorageError(.io, in: path, lastErrorText())
            }
            return nil
        }
        self.init(status)
    }

    /// Of an open file.
    init?(_ file: borrowing FileDescriptor) {
        guard let status = try? file.status() else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        size = Int(status.st_size)
        device = status.st_dev
        inode = status.st_ino
    }

    static func == (a: FileIdentity, b: FileIdentity) -> Bool {
        a.device == b.device && a.inode == b.inode
    }
}
