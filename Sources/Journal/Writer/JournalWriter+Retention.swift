internal import GRDB
package import Storage

extension JournalWriter {
    /// Pages that one call gives back to the file system.
    private static let vacuumSlice = 256

    /// Forgets some of what is older than the retention allows, or oldest where the file is larger, and
    /// gives space that is free, by that or by the end of streams, back to the file system. A call
    /// takes some milliseconds.
    ///
    /// What it leaves can still be replayed: a stream is cut at a checkpoint only, an incarnation that
    /// is over goes wholly in the end. Nothing that recovery needs is touched.
    ///
    /// - Parameter now: in seconds since 1970.
    /// - Returns: whether more is left, so that it should soon be called again.
    package func retain(now: Double) throws(StorageError) -> Bool {
        let policy = options.retention
        guard policy.maxAge != nil || policy.maxBytes != nil else {
            try confirm()
            return try vacuum()
        }
        let before = retention
        let next = try commit { transaction in
            var slice = RetentionSlice(transaction, policy, now: now, cursor: before)
            try slice.run()
            return (cursor: slice.cursor, isMoreLeft: slice.isMoreLeft)
        }
        retention = next.cursor
        return try vacuum() || next.isMoreLeft
    }

    /// Shortens the file by some of its free pages, where they are many or the file too large.
    private func vacuum() throws(StorageError) -> Bool {
        do {
            return try database.writeWithoutTransaction { db in
                guard try isTooLoose(db) else { return false }
                try db.execute(sql: "PRAGMA incremental_vacuum(\(Self.vacuumSlice))")
                return try isTooLoose(db)
            }
        } catch {
            throw StorageError(error, in: path)
        }
    }

    private func isTooLoose(_ db: Database) throws -> Bool {
        let pages = try StorePages(db)
        let isTooLarge = options.retention.maxBytes.map { pages.fileBytes > $0 } ?? false
        return pages.free > 0 && (isTooLarge || pages.free > max(64, pages.count / 8))
    }
}
