internal import Glibc
internal import Storage

/// Held by the one process that writes a store: an exclusive `flock` on a file beside it, which
/// holds that process's number as text. It goes with the process, however that ends.
struct StoreLock: ~Copyable {
    private let descriptor: CInt

    init(_ files: StoreFiles) throws(StorageError) {
        let path = files.lock
        guard let descriptor = try StoreFiles.open(path, O_RDWR | O_CREAT) else {
            let isDenied = errno == EROFS || errno == EACCES || errno == EPERM
            throw StorageError(
                isDenied ? .readOnly : errno == ENOSPC ? .full : .unreadable, in: path,
                "the store cannot be locked: \(lastErrorText())")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw StorageError(
                .inUse, in: files.database,
                "\(holder) writes it; stop that one or name another store")
        }
        self.descriptor = descriptor
        Self.write(String(getpid()) + "\n", to: descriptor)
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

    /// Only for people to read: the lock holds without it.
    private static func write(_ text: String, to descriptor: CInt) {
        ftruncate(descriptor, 0)
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    private static func holder(_ descriptor: CInt) -> String {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            count = max(0, unsafe pread(descriptor, buffer.baseAddress, 32, 0))
        }
        let digits = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return Int(digits).map { "process \($0)" } ?? "another process"
    }
}
