package import Storage

extension JournalReader {
    /// Looks at everything the store holds, as a writer does when it opens it: pages, indexes,
    /// every row, and whether anything is missing between them.
    ///
    /// - Parameters:
    ///   - shouldStop: asked often.
    ///   - progress: called with a fraction from 0 to 1.
    /// - Returns: false if it was stopped.
    /// - Throws: `damaged` with the first that is not as it was written.
    @discardableResult
    package func check(
        shouldStop: () -> Bool = { false }, progress: (@Sendable (Double) -> Void)? = nil
    ) throws(StorageError) -> Bool {
        try read { transaction in
            try withoutActuallyEscaping(shouldStop) { shouldStop in
                let check = StoreCheck(
                    db: transaction.db, path: path, progress: progress, shouldStop: shouldStop)
                do {
                    try check.run()
                    return true
                } catch is StoreCheck.Stopped {
                    return false
                }
            }
        }
    }
}
