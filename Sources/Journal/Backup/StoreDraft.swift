internal import Files
internal import GRDB
internal import Glibc
internal import Storage

/// A copy of a store in the making: one file beside the place where it is to be, removed with its owner
/// unless it got there.
struct StoreDraft: ~Copyable {
    private static let suffixes = ["", "-wal", "-shm", "-journal", "-ledger", "-lock"]

    let path: String
    private let place: String
    private let options: BackupOptions

    /// - Parameter place: where it is to be.
    init(of place: String, _ options: BackupOptions) throws(StorageError) {
        self.place = place
        self.options = options
        path = NewFile.draft(of: place)
        Self.remove(path)
        do throws(Errno) {
            let file = try FileDescriptor(
                path, O_RDWR | O_CREAT | O_EXCL, permissions: StoreFiles.fileMode)
            fchmod(file.number, StoreFiles.fileMode)
        } catch {
            throw StorageError(error, in: place, "it cannot be made")
        }
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        for suffix in suffixes { _ = unsafe unlink(path + suffix) }
    }

    // MARK: Copying

    /// Copies all pages of a store as it is at this moment. The daemon commits meanwhile; what it
    /// commits is kept in SQLite's log until the copy is done.
    func copyPages(of reader: JournalReader) throws {
        var configuration = Configuration()
        configuration.label = "copy"
        let copy = try DatabaseQueue(path: path, configuration: configuration)
        let options = options
        let result = try reader.read { transaction in
            Result {
                // The transaction begins with a read, and lasts until all is copied.
                let size = try StorePages(transaction.db).pageBytes
                try copy.writeWithoutTransaction { db in
                    try db.execute(sql: "PRAGMA journal_mode = OFF")
                    try db.execute(sql: "PRAGMA synchronous = OFF")
                    try Self.copyPages(from: transaction.db, to: db, pageBytes: size, options)
                }
            }
        }
        do {
            try result.get()
            try copy.close()
        } catch let error as DatabaseError {
            let reason = StorageError(error, in: place)
            throw StorageError(
                reason.code, in: place, part: "the copy of \(reader.path)", reason.message)
        }
    }

    private static func copyPages(
        from source: Database, to db: Database, pageBytes: Int, _ options: BackupOptions
    ) throws {
        let start = ContinuousClock.now
        try source.backup(to: db, pagesPerStep: options.stepPages) { step in
            let copied = step.completedPageCount
            options.progress(.copying, Double(copied) / Double(max(1, step.totalPageCount)))
            guard !step.isCompleted else { return }
            if options.shouldStop() { throw BackupInterrupted() }
            hold(bytes: copied * pageBytes, since: start, options)
        }
    }

    /// Waits until so many bytes may have been copied.
    private static func hold(
        bytes: Int, since start: ContinuousClock.Instant, _ options: BackupOptions
    ) {
        guard let rate = options.bytesPerSecond else { return }
        let early = Double(bytes) / Double(rate) - (ContinuousClock.now - start) / .seconds(1)
        if early > 0 { options.pause(early) }
    }

    // MARK: Finishing

    /// Makes it one file without a log, after `change`.
    func close(_ change: (Database) throws -> Void = { _ in }) throws {
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try change(db)
                return .commit
            }
            _ = try db.checkpoint(.truncate)
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
        }
        try database.close()
    }

    /// Looks at every page and row of the copy.
    ///
    /// - Returns: what it holds.
    func verify() throws -> BackupContents {
        let options = options
        let reader = try JournalReader(path: path)
        let isComplete = try reader.check(shouldStop: options.shouldStop) {
            options.progress(.verifying, $0)
        }
        guard isComplete else { throw BackupInterrupted() }
        return try reader.read { try BackupContents($0.db) }
    }

    /// Puts the copy, on the disk, at its place.
    ///
    /// - Parameter owner: of the file, if this process may give it away.
    /// - Throws: `exists` where there is a file by now.
    func move(owner: FileOwner? = nil) throws(StorageError) {
        do throws(Errno) {
            try FileDescriptor(path, O_RDONLY).synchronize()
            owner?.take(path)
            try NewFile.move(path, toNew: place)
            try NewFile.synchronizeFolder(of: place)
        } catch {
            guard error.code != EEXIST else { throw Self.occupied(place) }
            throw StorageError(error, in: place, "the copy cannot be put there", other: .io)
        }
    }

    static func occupied(_ path: String) -> StorageError {
        StorageError(.exists, in: path, "there is a file already, which is left as it is")
    }
}
