internal import GRDB
internal import Storage

extension StorageError {
    /// What went wrong while the database at `store` was used.
    init(_ error: any Error, in store: String) {
        switch error {
        case let error as StorageError: self = error
        case let error as RowDamage:
            self.init(.damaged, in: store, part: error.part, error.message)
        case let error as DatabaseError: self.init(error, in: store)
        default: self.init(.damaged, in: store, "\(error)")
        }
    }

    private init(_ error: DatabaseError, in store: String) {
        let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        let (code, message) =
            switch error.resultCode {
            case .SQLITE_FULL: (Code.full, "no room is left on the disk")
            case .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_INTERRUPT:
                (Code.io, "reading or writing failed: \(reason)")
            case .SQLITE_READONLY, .SQLITE_PERM:
                (Code.readOnly, "it may not be written: \(reason)")
            case .SQLITE_CANTOPEN, .SQLITE_AUTH:
                (Code.unreadable, "it cannot be opened: \(reason)")
            // Of the log's index, a lock that lasts shows as a wrong protocol.
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
                (Code.locked, "another program keeps it locked: \(reason)")
            case .SQLITE_NOTADB: (Code.foreign, "it is not an SQLite database")
            case .SQLITE_CONSTRAINT:
                (Code.damaged, "what is there contradicts what is to be written: \(reason)")
            default: (Code.damaged, "it is not what was written: \(reason)")
            }
        self.init(code, in: store, message)
    }
}
