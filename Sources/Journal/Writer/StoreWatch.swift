internal import Files
internal import Glibc
internal import Storage

/// Notices when the files of a store that is open for writing are no longer those at its path: what
/// is written to a deleted or replaced file is gone with the process.
///
/// It looks at names, sizes, and the log's first bytes. Opening and closing the database here would
/// drop the locks that SQLite holds on it.
struct StoreWatch {
    private let files: StoreFiles
    /// The database, SQLite's log and its index, as they were when they were opened.
    private let opened: [(path: String, identity: FileIdentity)]
    /// Bytes that the database had when it was last looked at.
    private var size = 0

    /// - Precondition: SQLite has read the database, so that all its files are there.
    init(_ files: StoreFiles) throws(StorageError) {
        self.files = files
        var opened: [(String, FileIdentity)] = []
        for path in [files.database, files.wal, files.sharedMemory] {
            guard let identity = try FileIdentity(path) else { throw Self.missing(path) }
            opened.append((path, identity))
        }
        self.opened = opened
    }

    /// - Parameter databaseBytes: how long SQLite takes the database to be; asked where it is shorter
    ///   than it was.
    /// - Throws: `moved` if a file is gone, was replaced, or was cut by another program.
    mutating func check(databaseBytes: () -> Int?) throws(StorageError) {
        for file in opened {
            guard let found = try FileIdentity(file.path) else { throw Self.missing(file.path) }
            guard found == file.identity else { throw Self.replaced(file.path) }
            if file.path == files.wal, found.size > 0 { try checkLog() }
            if file.path == files.database { try checkSize(found.size, databaseBytes) }
        }
    }

    /// Whether the database is the file that was opened, and as long as it was left.
    var hasDatabase: Bool {
        guard let found = (try? FileIdentity(files.database)) ?? nil else { return false }
        return found == opened[0].identity && found.size >= size
    }

    /// What was freed may go at any copying of the log; a file that was cut lacks what is in use.
    private mutating func checkSize(
        _ found: Int, _ databaseBytes: () -> Int?
    ) throws(StorageError) {
        guard found >= size || found >= databaseBytes() ?? size else {
            throw StorageError(
                .moved, in: files.database,
                "another program cut it from \(size) to \(found) bytes; " + Self.advice)
        }
        size = found
    }

    /// SQLite writes on where it was in a log that was cut, and so leaves zeros before.
    private func checkLog() throws(StorageError) {
        let magic: [UInt8]?
        do throws(Errno) {
            magic = try FileDescriptor(files.wal, O_RDONLY).read(upTo: 4, at: 0)
        } catch {
            throw StorageError(.io, in: files.wal, "\(error)")
        }
        guard magic == [0x37, 0x7F, 0x06, 0x82] || magic == [0x37, 0x7F, 0x06, 0x83] else {
            throw StorageError(
                .moved, in: files.wal, "another program cut it or wrote to it; " + Self.advice)
        }
    }

    private static func missing(_ path: String) -> StorageError {
        StorageError(
            .moved, in: path,
            "the file is gone; if it was moved, move it back; if it was deleted, " + advice)
    }

    private static func replaced(_ path: String) -> StorageError {
        StorageError(
            .moved, in: path,
            "another file is in its place; if the store was moved, move it back; if not, " + advice)
    }

    private static let advice =
        "what it held may still be copied from the open files in /proc/\(getpid())/fd; then stop "
        + "the daemon and restore a copy"
}
