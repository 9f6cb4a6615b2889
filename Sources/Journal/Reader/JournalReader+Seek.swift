internal import GRDB
package import Storage

extension JournalReader {
    /// By binary search, so that an incarnation of a million requests takes twenty steps.
    package func firstSequence(
        of key: StreamKey, atOrAfter time: Double
    ) throws(StorageError) -> UInt64? {
        try read { db, _ in
            guard let row = try StreamRow.read(db, key) else { return nil }
            var (low, high) = (row.cut, try Self.status(db, row).nextSequence)
            var found: UInt64?
            while low < high {
                let middle = low + (high - low) / 2
                let probe = try RequestRow.fetchOne(
                    db, "request WHERE stream = ? AND sequence >= ? ORDER BY sequence",
                    [key.field, middle.field])
                guard let request = probe?.request, request.sequence < high else {
                    high = middle
                    continue
                }
                if request.time >= time {
                    found = request.sequence
                    high = middle
                } else {
                    low = request.sequence + 1
                }
            }
            return found
        }
    }
}
