package import Journal
import Model
import Names
import Wire

/// What a shard asks of the store about a stream that it does not hold.
extension JournalReader {
    /// A stream that goes on, as far as the store has it; nil if there is none of that name.
    func stream(_ id: StreamID) throws(JournalError) -> StoredStream? {
        guard let last = try latestLife(of: id), !last.isEnded else { return nil }
        let lives = try openLives(upTo: last, of: id)
        let first = lives[0].life
        let checkpoint = try latestCheckpoint(of: first.key)
        var unread = try storedRequests(of: first, from: checkpoint?.sequence ?? 0)
        for life in lives.dropFirst() { unread += try storedRequests(of: life.life) }
        let lastRequest = try requests(
            of: last.life.key, from: max(1, last.nextSequence) - 1, limit: 1
        ).last
        let snapshot = try checkpoint.map(snapshot)
        let isMessageOpen = unread.reduce(snapshot?.state.messageStart != nil) { isOpen, request in
            StreamIntake.isMessageOpen(
                after: request.record.operation, more: request.record.more,
                text: request.record.text, isOpen)
        }
        return StoredStream(
            id: id, key: first.key, life: first.life,
            intake: StreamIntake(
                key: last.life.key, life: last.life.life, nextSequence: last.nextSequence,
                isEnded: lastRequest?.operation == .end,
                isEvicted: lastRequest?.operation == .evict, isMessageOpen: isMessageOpen,
                producers: KnownProducers(try producers(of: id))),
            snapshot: snapshot, unread: unread)
    }

    /// How far the last life of a name was accepted, once it has ended.
    func lastIntake(of id: StreamID) throws(JournalError) -> StreamIntake? {
        guard let last = try latestLife(of: id) else {
            let producers = KnownProducers(try producers(of: id))
            return producers.isEmpty ? nil : StreamIntake(key: 0, life: 0, producers: producers)
        }
        return StreamIntake(
            key: last.life.key, life: last.life.life, nextSequence: last.nextSequence,
            isEnded: true, producers: KnownProducers(try producers(of: id)))
    }

    /// The lives of this name that were not read to their end, in their order: a stream that ended
    /// may have begun again before it was read so far.
    private func openLives(
        upTo last: LifeStatus, of id: StreamID
    ) throws(JournalError) -> [LifeStatus] {
        var lives = [last]
        while lives[0].life.life > 0,
            let earlier = try life(lives[0].life.life - 1, of: id), !earlier.isEnded
        {
            lives.insert(earlier, at: 0)
        }
        return lives
    }

    private func storedRequests(
        of life: StreamLife, from sequence: UInt64 = 0
    ) throws(JournalError) -> [StoredRequest] {
        let outcomes = Dictionary(
            try outcomes(of: life.key, from: sequence).map { ($0.sequence, $0) }
        ) { $1 }
        return try requests(of: life.key, from: sequence).map {
            StoredRequest(record: $0, life: life.life, outcome: outcomes[$0.sequence])
        }
    }

    /// - Throws: `damaged` if the checkpoint holds no snapshot of its place.
    package func snapshot(of checkpoint: CheckpointRecord) throws(JournalError) -> StreamSnapshot {
        do throws(SnapshotError) {
            let snapshot = try StreamSnapshot(decoding: checkpoint.snapshot)
            guard snapshot.stands(at: checkpoint) else {
                throw SnapshotError("is none of this checkpoint's place, tokens and model")
            }
            return snapshot
        } catch {
            throw JournalError(
                .damaged, file: path,
                part: "checkpoint, stream \(checkpoint.key), sequence \(checkpoint.sequence)",
                "\(error)")
        }
    }
}

extension StreamSnapshot {
    fileprivate func stands(at checkpoint: CheckpointRecord) -> Bool {
        sequence == checkpoint.sequence && position == checkpoint.position
            && state.epoch == checkpoint.epoch && state.lifeTokens == checkpoint.tokens
            && model.bytes == checkpoint.model
    }
}
