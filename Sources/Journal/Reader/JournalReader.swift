internal import GRDB
package import Storage

/// Reads a store, whether or not another process writes it. It is used on one thread; several may
/// be open at once.
///
/// Each call sees the store as it is at one moment, and every row it takes is checked: what is not
/// as it was written is refused as `damaged`.
package final class JournalReader: HistoryReader {
    package let path: String

    package var name: String { path }
    package var isReadable: Bool { (try? horizon()) != nil }

    let database: DatabaseQueue
    private let names = ReadNames()

    /// - Throws: `missing` where there is no store, `foreign` for what is none or one of a later
    ///   version, `damaged` where the database holds less than its ledger knows of.
    package init(path: String) throws(StorageError) {
        let files = StoreFiles(path)
        self.path = files.database
        let ledger = try Ledger.read(files)
        guard let size = try StoreFiles.size(of: files.database), size > 0 else {
            throw ledger.map { $0.refusal(files, "it is missing or empty") }
                ?? StorageError(.missing, in: files.database, "there is no store")
        }
        do {
            database = try Self.connect(files)
            try database.read { db in try Self.inspect(db, files, ledger) }
        } catch {
            throw StorageError(error, in: files.database)
        }
    }

    func read<Result>(_ body: (ReadTransaction) throws -> Result) throws(StorageError) -> Result {
        do {
            return try database.read { db in try body(ReadTransaction(db: db, names: names)) }
        } catch {
            throw StorageError(error, in: path)
        }
    }

    private static func inspect(_ db: Database, _ files: StoreFiles, _ ledger: Ledger?) throws {
        try Schema.identify(db, files)
        guard try !Schema.isEmpty(db) else {
            throw ledger.map { $0.refusal(files, "it holds no tables") }
                ?? StorageError(.missing, in: files.database, "the store holds nothing yet")
        }
        try Schema.checkTables(db, files)
        let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version == Schema.version else {
            throw StorageError(
                .foreign, in: files.database, part: "schema",
                "it is of version \(version); the daemon brings it to \(Schema.version) "
                    + "when it opens it")
        }
        _ = try ledger?.check(StoreState.read(db), files)
    }

    /// SQLite needs to write beside a store with a log, if only to lock it. Where that may not be
    /// done and there is no log, no process can be writing and the file is taken as it is.
    private static func connect(_ files: StoreFiles) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "journal reader"
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        Schema.harden(&configuration)
        do {
            return try DatabaseQueue(path: files.database, configuration: configuration)
        } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
        {
            guard try (StoreFiles.size(of: files.wal) ?? 0) == 0 else { throw error }
            return try DatabaseQueue(path: files.immutableURI, configuration: configuration)
        }
    }
}
