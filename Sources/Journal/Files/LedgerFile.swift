internal import Files
internal import Glibc
internal import Storage

/// The ledger's file, open to be overwritten in place.
struct LedgerFile: ~Copyable {
    private let file: FileDescriptor
    private let path: String
    /// A ledger that is behind is no danger, but should not stay so unnoticed.
    private var isBehind = false
    private(set) var ledger: Ledger

    /// Writes `ledger`. A file that is made is whole and on the disk before it has its name.
    init(_ files: StoreFiles, _ ledger: Ledger) throws(StorageError) {
        let path = files.ledger
        if try StoreFiles.size(of: path) == nil { try Self.make(path, ledger) }
        let file = try StoreFiles.open(path, O_RDWR) { Self.failure(path, $0) }
        try Self.write(ledger, to: file, path)
        self.file = file
        self.path = path
        self.ledger = ledger
    }

    /// Never fails: the commit that it records is done. What could not be written is tried again by
    /// `catchUp`.
    mutating func record(_ ledger: Ledger) {
        self.ledger = ledger
        isBehind = true
        try? catchUp()
    }

    mutating func catchUp() throws(StorageError) {
        guard isBehind else { return }
        try Self.write(ledger, to: file, path)
        isBehind = false
    }

    private static func write(
        _ ledger: Ledger, to file: borrowing FileDescriptor, _ path: String
    ) throws(StorageError) {
        do throws(Errno) {
            try file.write(ledger.bytes, at: 0)
        } catch {
            throw failure(path, error)
        }
    }

    /// Whether the open file is still the one at its path.
    func isInPlace() throws(StorageError) -> Bool {
        guard let own = FileIdentity(file) else { return false }
        return try FileIdentity(path) == own
    }

    private static func make(_ path: String, _ ledger: Ledger) throws(StorageError) {
        do throws(Errno) {
            var file = try NewFile(path, exactPermissions: StoreFiles.fileMode)
            try file.descriptor.write(ledger.bytes)
            try file.complete(isDurable: true)
        } catch {
            throw failure(path, error)
        }
    }

    private static func failure(_ path: String, _ reason: Errno) -> StorageError {
        StorageError(reason, in: path, "the ledger cannot be written", other: .io)
    }
}
