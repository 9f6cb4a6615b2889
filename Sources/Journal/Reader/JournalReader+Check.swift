extension JournalReader {
    /// Looks at everything the store holds, as a writer does when it opens it: pages, indexes,
    /// every row, and whether anything is missing between them.
    ///
    /// - Parameter progress: told how far it is, from 0 to 1.
    /// - Throws: `damaged` with the first that is not as it was written.
    package func check(progress: (@Sendable (Double) -> Void)? = nil) throws(JournalError) {
        try read { db, _ in
            try StoreCheck(db: db, state: JournalRow.read(db), progress: progress).run()
        }
    }
}
