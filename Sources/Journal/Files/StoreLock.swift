internal import Files
internal import Glibc
internal import Storage

/// Held by the one process that writes a store: an exclusive `flock` on a file beside it, which
/// holds that process's number as text. It goes with the process, however that ends.
struct StoreLock: ~Copyable {
    private let file: FileDescriptor

    init(_ files: StoreFiles) throws(StorageError) {
        let file = try StoreFiles.open(files.lock, O_RDWR | O_CREAT) {
            StorageError($0, in: files.lock, "the store cannot be locked")
        }
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            throw StorageError(
                .inUse, in: files.database,
                "\(Self.holder(file)) writes it; stop that one or name another store")
        }
        // Only for people to read: the lock holds without it.
        ftruncate(file.number, 0)
        try? file.write(Array("\(getpid())\n".utf8), at: 0)
        self.file = file
    }

    deinit { ftruncate(file.number, 0) }

    /// Whether the locked file is still the one at its path: a process that comes after finds that.
    func isInPlace(_ files: StoreFiles) throws(StorageError) -> Bool {
        guard let own = FileIdentity(file) else { return false }
        return try FileIdentity(files.lock) == own
    }

    private static func holder(_ file: borrowing FileDescriptor) -> String {
        let bytes = (try? file.read(upTo: 32, at: 0)) ?? []
        let digits = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return Int(digits).map { "process \($0)" } ?? "another process"
    }
}
