internal import Files
internal import Glibc
internal import Storage

/// Held by the one process that writes a store: an exclusive `flock` on a file beside it, which
/// holds that process's number as text. It goes with the process, however that ends.
struct StoreLock: ~Copyable {
    private let descriptor: CInt

    init(_ files: StoreFiles) throws(StorageError) {
        let path = files.lock
        guard let descriptor = try StoreFiles.open(path, O_RDWR | O_CREAT) else {
            throw StorageError(.last, in: path, "the store cannot be locked")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw StorageError(
                .inUse, in: files.database,
                "\(holder) writes it; stop that one or name another store")
        }
        self.descriptor = descriptor
        ftruncate(descriptor, 0)
        // Only for people to read: the lock holds without it.
        try? FileDescriptor(borrowing: descriptor).write(Array("\(getpid())\n".utf8), at: 0)
    }

    deinit {
        ftruncate(descriptor, 0)
        close(descriptor)
    }

    /// Whether the locked file is still the one at its path: a process that comes after finds that.
    func isInPlace(_ files: StoreFiles) throws(StorageError) -> Bool {
        guard let own = FileIdentity(descriptor: descriptor) else { return false }
        return try FileIdentity(files.lock) == own
    }

    private static func holder(_ descriptor: CInt) -> String {
        let file = FileDescriptor(borrowing: descriptor)
        let bytes = ((try? file.read(upTo: 32, at: 0)) ?? nil) ?? []
        let digits = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return Int(digits).map { "process \($0)" } ?? "another process"
    }
}
