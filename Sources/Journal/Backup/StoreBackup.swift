internal import Files
internal import GRDB
internal import Glibc
internal import Storage

/// Copies a store into one file, also while a daemon writes it.
///
/// The copy is a store as of one moment, complete and checked row by row, and readable by its user
/// alone. It is an SQLite database without a log and without a ledger: what it holds it says itself.
/// Every command that reads a store reads it as it is.
package enum StoreBackup {
    /// - Parameters:
    ///   - path: the store's.
    ///   - destination: where no file may be.
    /// - Throws: `StorageError`: `exists`, and what reading or writing fails with; `damaged` if not all
    ///   of the copy is as it was written. `BackupInterrupted`.
    package static func write(
        storeAt path: String, to destination: String, options: BackupOptions = BackupOptions()
    ) throws -> BackupContents {
        guard unsafe access(destination, F_OK) != 0 else {
            throw StoreDraft.occupied(destination)
        }
        let reader = try JournalReader(path: path)
        let draft = try StoreDraft(of: destination, options)
        do {
            try draft.copyPages(of: reader)
            try draft.close()
            let contents = try draft.verify()
            try draft.move()
            return contents
        } catch let error as DatabaseError {
            throw StorageError(error, in: destination)
        }
    }
}
