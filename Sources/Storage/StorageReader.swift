package import Wire

/// Reads a store, whether or not another process writes it. It is used on one thread.
///
/// Each call sees the store as it is at one moment. What is not as it was written is refused as
/// `damaged`.
package protocol StorageReader: AnyObject {
    /// The store's name in messages.
    var name: String { get }

    /// Whether the store can be read at all now.
    var isReadable: Bool { get }

    /// Requests from a position on, in order. From the horizon on there is no gap: a missing request
    /// is an error. Before it, requests that were trimmed are left out.
    ///
    /// - Parameter limit: how many at most; the page's end says whether there are more.
    func read(from position: StoragePosition, limit: Int) throws(StorageError) -> StoragePage

    /// Every stream continues from checkpoints and the requests from this position on. Nothing from here
    /// on is ever trimmed.
    func horizon() throws(StorageError) -> StoragePosition

    /// Streams that have requests beyond their checkpoints, those with the fewest first.
    func unfinishedStreams() throws(StorageError) -> [StreamID]

    /// The state of a stream that continues, and what it has not read yet; nil if there is none of that
    /// name.
    func backlog(of stream: StreamID) throws(StorageError) -> StreamBacklog?

    /// The last incarnation of a name; nil where none is known.
    func latestIncarnation(of stream: StreamID) throws(StorageError) -> IncarnationStatus?

    /// The last acknowledged number of each producer of a name, in all of its incarnations.
    func producers(of stream: StreamID) throws(StorageError) -> [ProducerRecord]

    /// The newest checkpoint of an incarnation, or the newest that is not after `position`.
    func checkpoint(
        of key: StreamKey, notAfter position: TextPosition?
    ) throws(StorageError) -> CheckpointRecord?

    /// Incarnations of all streams, by name and number. Those whose records are damaged are among
    /// them.
    ///
    /// - Parameter passedOver: called for a record that names no stream, and so is not listed.
    func summaries(
        _ selection: SummarySelection, passedOver: (StorageError) -> Void
    ) throws(StorageError) -> [IncarnationSummary]
}

extension StorageReader {
    package func summaries(
        _ selection: SummarySelection = SummarySelection()
    ) throws(StorageError) -> [IncarnationSummary] {
        try summaries(selection) { _ in }
    }

    package func latestCheckpoint(of key: StreamKey) throws(StorageError) -> CheckpointRecord? {
        try checkpoint(of: key, notAfter: nil)
    }

    /// The checkpoint at just this position.
    package func checkpoint(
        of key: StreamKey, at position: TextPosition
    ) throws(StorageError) -> CheckpointRecord? {
        guard let found = try checkpoint(of: key, notAfter: position), found.place == position
        else { return nil }
        return found
    }
}
