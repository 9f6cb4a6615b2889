internal import GRDB
package import Storage
internal import Wire

extension JournalReader: StorageReader {
    package var name: String { path }

    package var isReadable: Bool { (try? horizon()) != nil }

    package func checkpoint(
        of key: StreamKey, notAfter position: TextPosition?
    ) throws(StorageError) -> CheckpointRecord? {
        guard let position else { return try latestCheckpoint(of: key) }
        return try checkpoint(
            "stream = ? AND (sequence, text_position) <= (?, ?)",
            [key.field, position.sequence.field, position.offset.field])
    }

    package func summaries(
        _ selection: SummarySelection
    ) throws(StorageError) -> [IncarnationSummary] {
        try streams(
            prefix: selection.prefix, after: selection.after, limit: selection.limit,
            includesEnded: selection.includesEnded)
    }
}
