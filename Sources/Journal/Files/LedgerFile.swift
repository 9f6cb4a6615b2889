internal import Files
internal import Glibc
internal import Storage

/// The ledger's file, open to be overwritten in place.
struct LedgerFile: ~Copyable {
    private let descriptor: CInt
    private let path: String
    /// A ledger that is behind is no danger, but should not stay so unnoticed.
    private(set) var isBehind = false
    private(set) var ledger: Ledger

    /// Writes `ledger`. A file that is made is whole and on the disk before it has its name.
    init(_ files: StoreFiles, _ ledger: Ledger) throws(StorageError) {
        if try StoreFiles.size(of: files.ledger) == nil { try Self.make(files, ledger) }
        guard let descriptor = try StoreFiles.open(files.ledger, O_RDWR) else {
            throw Self.failure(files.ledger)
        }
        guard Self.write(ledger, to: descriptor) else {
            let error = Self.failure(files.ledger)
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        path = files.ledger
        self.ledger = ledger
    }

    deinit { close(descriptor) }

    /// Never fails: the commit it tells of is done. What could not be written is tried again by
    /// `catchUp`.
    mutating func record(_ ledger: Ledger) {
        self.ledger = ledger
        isBehind = !Self.write(ledger, to: descriptor)
    }

    mutating func catchUp() throws(StorageError) {
        guard isBehind else { return }
        guard Self.write(ledger, to: descriptor) else { throw Self.failure(path) }
        isBehind = false
    }

    /// Whether the open file is still the one at its path.
    func isInPlace() throws(StorageError) -> Bool {
        guard let own = FileIdentity(descriptor: descriptor) else { return false }
        return try FileIdentity(path) == own
    }

    private static func make(_ files: StoreFiles, _ ledger: Ledger) throws(StorageError) {
        do throws(Errno) {
            var file = try NewFile(files.ledger, exactPermissions: StoreFiles.fileMode)
            try file.descriptor.write(ledger.bytes)
            try file.complete(isDurable: true)
        } catch {
            throw failure(files.ledger, error)
        }
    }

    private static func write(_ ledger: Ledger, to descriptor: CInt) -> Bool {
        (try? FileDescriptor(borrowing: descriptor).write(ledger.bytes, at: 0)) != nil
    }

    private static func failure(_ path: String, _ reason: Errno = .last) -> StorageError {
        StorageError(reason, in: path, "the ledger cannot be written", other: .io)
    }
}
