internal import GRDB
package import Storage

extension JournalReader {
    package func requestCount() throws(StorageError) -> Int {
        try read { db, _ in try Int.fetchOne(db, sql: "SELECT count(*) FROM request") ?? 0 }
    }

    /// Endpoints are among them.
    package func labels() throws(StorageError) -> [String] {
        try read { db, _ in try LabelRow.fetch(db, "label ORDER BY id").map(\.text) }
    }

    package func textByteCount(of key: StreamKey) throws(StorageError) -> Int {
        try read { db, _ in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT sum(length(text)) FROM request
                    WHERE stream = ?1 AND op = 'text'
                        AND sequence >= (SELECT cut FROM stream WHERE stream.id = ?1)
                    """, arguments: [key]) ?? 0
        }
    }
}
