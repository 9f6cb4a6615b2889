internal import GRDB
package import Storage

/// What only the writer of a bundle does: a store of one incarnation, in one file, with its models' files.
extension JournalWriter {
    /// Begins an incarnation without its requests before `cut`: a checkpoint at `cut` stands for them.
    package func begin(_ incarnation: StreamIncarnation, cut: UInt64) throws(StorageError) {
        try commit { transaction in
            var row = StreamRow(incarnation)
            row.cut = cut
            try transaction.write(.began(incarnation))
            try row.update(in: transaction.db)
        }
    }

    /// The next part of a file of a model's folder; parts are counted from 0.
    package func writeFile(
        ofModel fingerprint: [UInt8], _ name: String, part: Int, _ bytes: [UInt8]
    ) throws(StorageError) {
        try commit { transaction in
            let db = transaction.db
            try FileRow(
                id: transaction.caches.nextID(db, "file"),
                model: transaction.caches.model(db, fingerprint), name: name,
                part: Int64(part), bytes: bytes
            ).insert(into: db)
        }
    }

    /// Closes the store as one file, whose log and ledger are not needed any more.
    package func closeAsOneFile() throws(StorageError) {
        do {
            try database.writeWithoutTransaction { db in
                _ = try db.checkpoint(.truncate)
                try db.execute(sql: "PRAGMA journal_mode = DELETE")
            }
        } catch {
            throw StorageError(error, in: path)
        }
        try close()
        for path in [files.ledger, files.lock, files.wal, files.database + "-shm"] {
            try StoreFiles.remove(path)
        }
    }
}
