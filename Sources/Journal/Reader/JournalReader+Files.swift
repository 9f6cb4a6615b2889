internal import GRDB
package import Storage

extension JournalReader {
    package func fileNames(ofModel fingerprint: [UInt8]) throws(StorageError) -> [String] {
        try read {
            try String.fetchAll(
                $0.db,
                sql: """
                    SELECT DISTINCT name FROM file JOIN model ON model.id = file.model
                    WHERE fingerprint = ? ORDER BY name
                    """, arguments: [fingerprint.field])
        }
    }

    package func filePart(
        ofModel fingerprint: [UInt8], _ name: String, _ part: Int
    ) throws(StorageError) -> [UInt8]? {
        try read {
            try FileRow.fetchOne(
                $0.db,
                """
                file JOIN model ON model.id = file.model
                WHERE fingerprint = ? AND name = ? AND part = ?
                """, [fingerprint.field, name.field, Int64(part).field])?.bytes
        }
    }
}
