internal import GRDB
package import Storage

extension JournalReader {
    package func modelSegments(of key: StreamKey) throws(StorageError) -> [ModelSegment] {
        try read { db, names in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT sequence, model FROM (
                        SELECT sequence, model, lag(model) OVER (ORDER BY sequence) AS previous
                        FROM request
                        WHERE stream = ?1
                            AND sequence >= (SELECT cut FROM stream WHERE stream.id = ?1))
                    WHERE previous IS NULL OR previous <> model
                    """)
            let rows = try Row.fetchCursor(statement, arguments: [key])
            var segments: [ModelSegment] = []
            while let row = try rows.next() {
                let values = Array(row.databaseValues)
                guard case .int64(let sequence) = values[0].storage,
                    case .int64(let model) = values[1].storage
                else {
                    throw RowDamage(part: "request, stream \(key)", "a column's type is wrong")
                }
                segments.append(
                    ModelSegment(
                        model: try names.model(db, model),
                        first: try Self.count(sequence, of: key)))
            }
            return segments
        }
    }
}
