package import Storage

/// A store in an SQLite database.
package struct JournalStorage: Storage {
    /// The database's path.
    package let name: String

    package init(path: String) { name = path }

    package func makeReader() throws(StorageError) -> sending any StorageReader {
        try JournalReader(path: name)
    }
}
