package import Storage

/// A store in an SQLite database.
package struct JournalStorage: Storage {
    /// The database's path.
    package let name: String

    package init(path: String) { name = path }

    package func makeReader() throws(StorageError) -> sending any HistoryReader {
        try JournalReader(path: name)
    }

    package func check(shouldStop: () -> Bool) throws(StorageError) -> Bool {
        try JournalReader(path: name).check(shouldStop: shouldStop)
    }
}
