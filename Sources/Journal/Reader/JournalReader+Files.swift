internal import GRDB
package import Storage

extension JournalReader {
    /// Names of the files of a model's folder that a bundle holds; none in other stores.
    package func fileNames(ofModel fingerprint: [UInt8]) throws(StorageError) -> [String] {
        try read { db, _ in
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT name FROM file JOIN model ON model.id = file.model
                    WHERE fingerprint = ? ORDER BY name
                    """, arguments: [fingerprint.field])
        }
    }

    /// A part of such a file, counted from 0; nil after the last.
    package func filePart(
        ofModel fingerprint: [UInt8], _ name: String, _ part: Int
    ) throws(StorageError) -> [UInt8]? {
        try read { db, _ in
            try FileRow.fetchOne(
                db,
                """
                file JOIN model ON model.id = file.model
                WHERE fingerprint = ? AND name = ? AND part = ?
                """, [fingerprint.field, name.field, Int64(part).field])?.bytes
        }
    }
}
