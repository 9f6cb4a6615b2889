internal import GRDB
package import Storage

/// Writes a store; there is one writer of a store at a time. It is used on one thread.
///
/// Each call is one transaction: done wholly when it returns, not at all when it throws. After a
/// `full`, `io`, `locked` or `moved` error the same call may be made again.
package final class JournalWriter {
    package let path: String
    package let options: JournalOptions
    /// How many relaxed commits went with the power since the store was last open.
    package let lostCommits: UInt64
    /// Streams that had not ended when the store was opened.
    package let openStreams: Int
    /// Whether the run before did not end in order.
    package let wasInterrupted: Bool
    /// Whether the rows are to be looked at while the store is in use (`PartialCheck`).
    package let isToBeChecked: Bool

    /// What others could read or change of the store, and this user could not forbid them.
    package let exposures: [String]

    let files: StoreFiles
    let database: DatabaseQueue
    let caches = WriteCaches()
    var state: StoreState
    var sweeps: Sweeps
    var run: RunRow?
    /// The batch that was appended last by the present owner, and is written.
    var appended: UInt64?
    /// Where the next call of `retain` continues.
    var retention = RetentionCursor()
    var watch: StoreWatch
    private var ledger: LedgerFile?
    private var lock: StoreLock?

    /// Opens the store at `path`, which is made where there is none, with its folders.
    ///
    /// - Throws: `inUse` while another process writes it, `foreign` for what is not a store or one of a
    ///   later version, `damaged` for what is not as it was written, `readOnly`, `unreadable`.
    package init(path: String, options: JournalOptions = JournalOptions()) throws(StorageError) {
        let files = StoreFiles(path)
        try files.makeFolder()
        lock = try StoreLock(files)
        exposures = files.tighten(hasOwnFolder: options.hasOwnFolder)
        let opening = try StoreOpening(files, options)
        let opened = try opening.open()
        self.path = files.database
        self.options = options
        self.files = files
        database = opened.database
        state = opened.state
        lostCommits = opened.lostCommits
        openStreams = opened.openStreams
        wasInterrupted = opened.wasInterrupted
        isToBeChecked = opened.isToBeChecked
        sweeps = Sweeps(shards: options.shards, horizon: opened.state.horizon)
        watch = try StoreWatch(files)
        let ledger = Ledger(opened.state, durable: opened.durable)
        self.ledger = try LedgerFile(files, ledger)
    }

    package var nextKey: StreamKey { state.streams + 1 }

    package func write(_ entries: [StorageRecord]) throws(StorageError) {
        guard !entries.isEmpty else { return }
        try commit { transaction in
            for entry in entries { try transaction.write(entry) }
        }
    }

    /// Whether what has been committed is in the files that a later process will find. Call it
    /// after a commit and before the commit is reported.
    ///
    /// A lock or a ledger that was deleted is made again.
    ///
    /// - Throws: `moved` if the database or its log is gone, was replaced or was cut; `inUse` if
    ///   another process has the store by now.
    package func confirm() throws(StorageError) {
        try watch.check {
            try? database.read { db in try StorePages(db).fileBytes }
        }
        if let isInPlace = try lock?.isInPlace(files), !isInPlace { lock = try StoreLock(files) }
        guard let isInPlace = try ledger?.isInPlace(), !isInPlace,
            let current = ledger?.ledger
        else { return }
        ledger = try LedgerFile(files, current)
    }

    /// Requests written from here on belong to this run.
    package func beginRun(_ record: RunRecord) throws(StorageError) {
        run = try commit { transaction in try transaction.begin(record) }
    }

    package func endRun(at time: Double) throws(StorageError) {
        guard var row = run else { return }
        row.run.stopped = time
        try commit { transaction in try row.update(in: transaction.db) }
        run = nil
    }

    /// Copies SQLite's log into the database and lets others write the store. Nothing can be
    /// written afterwards.
    package func close() throws(StorageError) {
        guard lock != nil else { return }
        do {
            // Nothing is written to a file that is another's, or only a part of ours.
            if watch.hasDatabase {
                if StoreOpening.emptyLog(of: database) {
                    ledger?.record(Ledger(state, durable: state.commits))
                }
                try database.close()
            } else {
                // Never freed: to close it would write to those files.
                _ = unsafe Unmanaged.passRetained(database)
            }
        } catch {
            throw StorageError(error, in: path)
        }
        ledger = nil
        lock = nil
    }

    /// Runs `body` as one transaction, and counts it.
    func commit<Result>(
        _ body: (inout WriteTransaction) throws -> Result
    ) throws(StorageError) -> Result {
        guard lock != nil else { throw StorageError(.missing, in: path, "it has been closed") }
        try confirm()
        try ledger?.catchUp()
        var result: Result?
        do {
            try database.writeWithoutTransaction { db in
                var transaction = WriteTransaction(
                    db: db, caches: caches, state: state, sweeps: sweeps, run: run?.id)
                try db.inTransaction(.immediate) {
                    result = try body(&transaction)
                    try transaction.finish()
                    return .commit
                }
                state = transaction.state
                sweeps = transaction.sweeps
            }
        } catch {
            caches.forget()
            throw StorageError(error, in: path)
        }
        recordCommit()
        guard let result else { throw StorageError(.io, in: path, "nothing was written") }
        return result
    }

    private func recordCommit() {
        guard let durable = options.isDurable ? state.commits : ledger?.ledger.durable else {
            return
        }
        ledger?.record(Ledger(state, durable: durable))
    }
}
