package import Journal
package import Model
package import Wire

/// Where a stream stands by what a store has of it.
extension JournalReader {
    /// The state that a stream has once all that the store has of it is read, as the daemon reads
    /// it: from the latest checkpoint on. Nil if there is no such stream, or it has ended.
    ///
    /// - Parameter load: the model with this fingerprint, where requests are to be read.
    /// - Throws: `JournalError`, and what `load` throws.
    package func state(
        of id: StreamID, load: (Fingerprint) throws -> Model
    ) throws -> StreamSnapshot? {
        guard let stored = try wholeStream(id) else { return nil }
        guard let first = stored.unread.first else { return stored.snapshot }
        let model = try load(try fingerprint(of: first.record))
        guard stored.unread.allSatisfy({ $0.record.model == model.fingerprint.bytes }) else {
            throw JournalError(
                .foreign, file: path, part: id.text,
                "what came after its latest checkpoint was read by several models")
        }
        return try read(stored, by: model)
    }

    /// While the daemon writes, a newer checkpoint may take the place of the one just read, and
    /// what came before it be forgotten.
    private func wholeStream(_ id: StreamID) throws(JournalError) -> StoredStream? {
        for _ in 0..<8 {
            guard let stored = try stream(id) else { return nil }
            let next = stored.snapshot?.sequence ?? 0
            guard let first = stored.unread.first, first.life == stored.life,
                first.record.sequence != next
            else { return stored }
        }
        throw JournalError(
            .io, file: path, part: id.text, "it changes faster than it can be read; try again")
    }

    private func fingerprint(of record: RequestRecord) throws(JournalError) -> Fingerprint {
        guard let fingerprint = Fingerprint(bytes: record.model) else {
            throw JournalError(.damaged, file: path, part: "model", "it has no fingerprint")
        }
        return fingerprint
    }

    private func read(
        _ stored: StoredStream, by model: Model
    ) throws -> StreamSnapshot? {
        var options = EngineOptions()
        (options.maxBatch, options.maxStreams) = (1, 1)
        let shard = try Shard(replaying: model, options: options, audiences: [Audience()])
        _ = try shard.install(stored.id, stored.snapshot, key: stored.key, life: stored.life)
        var position = stored.snapshot?.position ?? 0
        for unread in stored.unread {
            shard.replay(
                unread.record, of: stored.id, life: unread.life, audience: Audience(),
                position: position, outcome: unread.outcome)
            position = 0
        }
        while shard.step() { _ = shard.takeBatch() }
        if let damage = shard.damages[stored.id] {
            throw JournalError(.damaged, file: path, part: stored.id.text, damage.message)
        }
        return shard.snapshot(of: stored.id)
    }
}
