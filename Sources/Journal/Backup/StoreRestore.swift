internal import Files
internal import GRDB
internal import Glibc
internal import Storage

/// Makes a store of a backup, where there is none.
///
/// The new store gets a number of its own (`journal.store`). So a database of the old store and a
/// ledger or a log of the new one, or the other way round, are never taken for parts of one store. Its
/// next owner has a later fence token than all owners that the backup knows of.
package enum StoreRestore {
    /// - Parameters:
    ///   - backup: a file of `StoreBackup`, or a store.
    ///   - path: of the store to make. Its folder is made; if root does it, the files belong to the
    ///     folder's owner.
    /// - Throws: `StorageError`: `exists` where there is a store, or a part of one; `inUse` while a
    ///   daemon writes it; `foreign` for a bundle of one session; `damaged` if not all of the backup is
    ///   as it was written. `BackupInterrupted`.
    package static func make(
        storeAt path: String, from backup: String, options: BackupOptions = BackupOptions()
    ) throws -> BackupContents {
        let reader = try JournalReader(path: backup)
        try refuseBundle(reader)
        let files = StoreFiles(path)
        try files.makeFolder()
        try checkAbsence(files)
        // A daemon that starts meanwhile finds the store in use.
        let lock = try StoreLock(files)
        try checkAbsence(files)
        let owner = FileOwner(ofFolder: files.folder)
        owner?.take(files.lock)
        let draft = try StoreDraft(of: files.database, options)
        do {
            try draft.copyPages(of: reader)
            let contents = try draft.verify()
            var state: StoreState?
            try draft.close { db in
                var own = try StoreState.read(db)
                own.store = StoreState.new().store
                try own.update(in: db)
                state = own
            }
            try draft.move(owner: owner)
            if let state { try makeLedger(files, state, owner) }
            _ = consume lock
            return contents
        } catch let error as DatabaseError {
            throw StorageError(error, in: files.database)
        }
    }

    private static func refuseBundle(_ reader: JournalReader) throws(StorageError) {
        let hasFiles = try reader.read {
            try Bool.fetchOne($0.db, sql: "SELECT EXISTS (SELECT 1 FROM file)") ?? false
        }
        guard hasFiles else { return }
        throw StorageError(
            .foreign, in: reader.path,
            "it is a bundle of one session (`sluice replay bundle`); expected a backup of a store")
    }

    /// A log or a ledger of another store would be taken for the new one's.
    private static func checkAbsence(_ files: StoreFiles) throws(StorageError) {
        let parts = [
            files.database, files.wal, files.sharedMemory, files.database + "-journal",
            files.ledger,
        ]
        for part in parts where unsafe access(part, F_OK) == 0 {
            throw StorageError(
                .exists, in: part,
                "there is a store, or a part of one, which is left as it is; stop its daemon and move "
                    + "\(files.database) and the files beside it away, or name another place")
        }
    }

    private static func makeLedger(
        _ files: StoreFiles, _ state: StoreState, _ owner: FileOwner?
    ) throws(StorageError) {
        _ = try LedgerFile(files, Ledger(state, durable: state.commits))
        owner?.take(files.ledger)
    }
}
