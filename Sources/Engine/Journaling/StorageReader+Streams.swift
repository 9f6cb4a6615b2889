import Model
import Names
package import Storage
import Wire

/// What a shard asks of the store about a stream that it does not hold.
extension StorageReader {
    /// A stream that continues, as far as the store has it; nil if there is none of that name.
    func stream(_ id: StreamID) throws(StorageError) -> StoredStream? {
        guard let backlog = try backlog(of: id) else { return nil }
        let snapshot = try backlog.checkpoint.map(snapshot)
        return StoredStream(
            id: id, key: backlog.first.key, incarnation: backlog.first.number,
            intake: StreamIntake(backlog, isMessageOpen: backlog.isMessageOpen(after: snapshot)),
            snapshot: snapshot,
            unread: backlog.unread)
    }

    /// How far the last incarnation of a name was accepted, once it has ended.
    func lastIntake(of id: StreamID) throws(StorageError) -> StreamIntake? {
        let last = try latestIncarnation(of: id)
        let producers = KnownProducers(try producers(of: id))
        guard let last else {
            return producers.isEmpty
                ? nil : StreamIntake(key: 0, incarnation: 0, producers: producers)
        }
        return StreamIntake(
            key: last.incarnation.key, incarnation: last.incarnation.number,
            nextSequence: last.nextSequence, isEnded: true, producers: producers)
    }

    /// - Throws: `damaged` if the checkpoint holds no snapshot of its place.
    package func snapshot(of checkpoint: CheckpointRecord) throws(StorageError) -> StreamSnapshot {
        do throws(SnapshotError) {
            let snapshot = try StreamSnapshot(decoding: checkpoint.snapshot)
            guard snapshot.belongs(to: checkpoint) else {
                throw SnapshotError("is none of this checkpoint's place, tokens and model")
            }
            return snapshot
        } catch {
            throw StorageError(
                .damaged, in: name,
                part: "checkpoint, stream \(checkpoint.key), sequence \(checkpoint.sequence)",
                "\(error)")
        }
    }
}

extension StreamIntake {
    fileprivate init(_ backlog: StreamBacklog, isMessageOpen: Bool) {
        let latest = backlog.latest
        self.init(
            key: latest.incarnation.key, incarnation: latest.incarnation.number,
            nextSequence: latest.nextSequence, isEnded: backlog.lastOperation == .end,
            isEvicted: backlog.lastOperation == .evict, isMessageOpen: isMessageOpen,
            producers: KnownProducers(backlog.producers))
    }
}

extension StreamBacklog {
    /// Whether the stream's message continues after all that is unread.
    fileprivate func isMessageOpen(after snapshot: StreamSnapshot?) -> Bool {
        unread.reduce(snapshot?.state.messageStart != nil) { isOpen, entry in
            StreamIntake.isMessageOpen(
                after: entry.request.operation, more: entry.request.more,
                text: entry.request.text, isOpen)
        }
    }
}

extension StreamSnapshot {
    fileprivate func belongs(to checkpoint: CheckpointRecord) -> Bool {
        sequence == checkpoint.sequence && position == checkpoint.position
            && state.epoch == checkpoint.epoch && state.incarnationTokens == checkpoint.tokens
            && model.bytes == checkpoint.model
    }
}
