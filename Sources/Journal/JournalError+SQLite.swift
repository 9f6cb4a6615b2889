internal import GRDB

extension JournalError {
    /// What went wrong while the database at `file` was used.
    init(_ error: any Error, file: String) {
        switch error {
        case let error as JournalError: self = error
        case let error as RowDamage:
            self.init(.damaged, file: file, part: error.part, error.message)
        case let error as DatabaseError: self.init(error, file: file)
        default: self.init(.damaged, file: file, "\(error)")
        }
    }

    private init(_ error: DatabaseError, file: String) {
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
            case .SQLITE_NOTADB: (Code.foreign, "it is no SQLite database")
            case .SQLITE_CONSTRAINT:
                (Code.damaged, "what is there contradicts what is to be written: \(reason)")
            default: (Code.damaged, "it is not what was written: \(reason)")
            }
        self.init(code, file: file, message)
    }
}
