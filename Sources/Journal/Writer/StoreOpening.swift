internal import GRDB
internal import Storage

/// The way from a path to a store that may be written.
struct StoreOpening {
    /// A smaller file is looked at in each run.
    private static let smallFile = 1 << 30
    /// Seconds to wait for another program's lock before that is an error. Short, since a stop has to
    /// wait for it as well; a caller that can wait longer tries again.
    private static let lockPatience = 1.0

    struct Opened {
        let database: DatabaseQueue
        let state: StoreState
        let openStreams: Int
        let lostCommits: UInt64
        let wasInterrupted: Bool
        let isToBeChecked: Bool
        /// How many commits are on the disk for certain.
        let durable: UInt64
    }

    let files: StoreFiles
    let options: JournalOptions
    let ledger: Ledger?
    private let isNew: Bool
    private let size: Int

    init(_ files: StoreFiles, _ options: JournalOptions) throws(StorageError) {
        self.files = files
        self.options = options
        ledger = try Ledger.read(files)
        size = try StoreFiles.size(of: files.database) ?? 0
        isNew = size == 0
        if isNew { try Self.checkAbsence(files, ledger) }
        try files.checkWritable()
    }

    /// An empty file is not a store yet, unless a file beside it belongs to one.
    private static func checkAbsence(_ files: StoreFiles, _ ledger: Ledger?) throws(StorageError) {
        if let ledger {
            throw ledger.refusal(
                files,
                "it is missing or empty, but \(ledger.commits) commits and requests up to "
                    + "position \(ledger.position) had been written")
        }
        guard (try StoreFiles.size(of: files.wal) ?? 0) == 0 else {
            throw StorageError(
                .damaged, in: files.database,
                "it is missing or empty, but its log \(files.wal) is there; restore the "
                    + "database, or delete the log to begin anew")
        }
    }

    func open() throws(StorageError) -> Opened {
        do {
            let findings = isNew ? Findings() : try inspect()
            if isNew { try files.makeDatabase() }
            let database = try connect()
            try database.writeWithoutTransaction { db in
                if isNew { try mark(db) }
                try setUp(db)
            }
            try Schema.migrator.migrate(database)
            let (state, openStreams) = try database.read { db in
                (try StoreState.read(db), try StoreSummary.openStreams(db))
            }
            let isOnDisk = Self.emptyLog(of: database) || options.isDurable
            return Opened(
                database: database, state: state, openStreams: openStreams,
                lostCommits: findings.lostCommits,
                wasInterrupted: findings.wasInterrupted,
                isToBeChecked: isToBeChecked(findings.wasInterrupted),
                durable: isOnDisk ? state.commits : ledger?.durable ?? 0)
        } catch {
            throw refine(StorageError(error, in: files.database))
        }
    }

    /// With a ledger beside it, what is no store of ours has been one.
    private func refine(_ error: StorageError) -> StorageError {
        guard error.code == .foreign, error.part == nil, let ledger else { return error }
        return ledger.refusal(files, error.message + ", though it has been a store")
    }

    private struct Findings {
        var lostCommits: UInt64 = 0
        var wasInterrupted = false
    }

    /// Reads only, so that what is refused stays as it is: a connection that may write copies what
    /// SQLite holds to be valid of its log into the database when it is closed.
    private func inspect() throws -> Findings {
        let hasRollback = try StoreFiles.size(of: files.database + "-journal") ?? 0 > 0
        let database = try connect(isReadOnly: !hasRollback)
        return try database.unsafeRead { db in
            try Schema.identify(db, files)
            if try Schema.isEmpty(db) { return try findNothing() }
            try Schema.checkTables(db, files)
            let state = try StoreState.read(db)
            let findings = Findings(
                lostCommits: try ledger?.check(state, files) ?? 0,
                wasInterrupted: try Self.wasInterrupted(db))
            if options.check == .always {
                try StoreCheck(db: db, path: files.database, progress: options.progress).run()
            }
            return findings
        }
    }

    private func findNothing() throws -> Findings {
        guard let ledger else { return Findings() }
        throw ledger.refusal(files, "it holds no tables")
    }

    private func connect(isReadOnly: Bool = false) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.readonly = isReadOnly
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(Self.lockPatience)
        Schema.harden(&configuration)
        return try DatabaseQueue(path: files.database, configuration: configuration)
    }

    /// The mark is the first that is ever written, so that no file of ours is without it.
    private func mark(_ db: Database) throws {
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
    }

    private func setUp(_ db: Database) throws {
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw StorageError(
                .unreadable, in: files.database,
                "SQLite cannot keep a write-ahead log there; name a store on a local disk")
        }
        try db.execute(sql: "PRAGMA synchronous = \(options.isDurable ? "FULL" : "NORMAL")")
        // SQLite's default: a longer log costs less in all, but each copying of it holds up a commit.
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 1000")
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        try db.execute(sql: "PRAGMA cache_size = -16384")
    }

    /// Whether to look at all of it while it is in use.
    private func isToBeChecked(_ wasInterrupted: Bool) -> Bool {
        options.check == .automatic && !isNew
            && (wasInterrupted || size < Self.smallFile || Self.hasPlace(files))
    }

    /// A check was cut short.
    private static func hasPlace(_ files: StoreFiles) -> Bool {
        (try? StoreFiles.size(of: files.check)) ?? nil != nil
    }

    /// A run that cannot be read is for information only: it may have been interrupted, and the check
    /// tells of it.
    private static func wasInterrupted(_ db: Database) throws -> Bool {
        do {
            guard let last = try RunRow.fetchOne(db, "run ORDER BY id DESC") else { return false }
            return last.run.stopped == nil
        } catch is RowDamage {
            return true
        }
    }

    /// Copies SQLite's log into the database, on the disk; false while readers hold on to it.
    static func emptyLog(of database: DatabaseQueue) -> Bool {
        let counts = try? database.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        return counts.map { $0.walFrameCount == $0.checkpointedFrameCount } ?? false
    }
}
