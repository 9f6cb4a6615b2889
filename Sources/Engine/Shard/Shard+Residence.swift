import DequeModule
import Journal
import Model
import Synchronization
import Threads
import Tokenizer
import Wire

/// Where streams are: in the table, or in the store until their next input.
///
/// Without a store there is only the table, and streams leave it only by `end`.
extension Shard {
    /// The stream as the store has it, in the table again; nil if there is none that goes on.
    ///
    /// - Parameter toRead: only if it has requests that are to be read again.
    /// - Throws: why the stream is stopped.
    func bringBack(_ id: StreamID, toRead: Bool = false) throws(Refusal) -> StreamState? {
        guard let stored = try storedStream(id), !toRead || !stored.unread.isEmpty else {
            return nil
        }
        guard let slot = takeSlot() else {
            failure =
                failure
                ?? JournalError(
                    .missing, file: "store", part: id.text,
                    "more streams have something to read at once than one thread may hold; raise "
                        + "engine.max_streams")
            return nil
        }
        dormant.remove(id)
        return try revive(stored, slot: slot)
    }

    /// What the store has of a stream that has not ended.
    struct StoredStream {
        let id: StreamID
        /// The life that is to be read on; `intake` may be ahead of it.
        let key: StreamKey
        let life: UInt64
        var intake: StreamIntake
        /// Nil while it has not been checkpointed.
        var snapshot: StreamSnapshot?
        /// Requests that are not in the snapshot.
        var unread: [StoredRequest] = []
    }

    /// A request that the store has, and what came of it where that is known.
    struct StoredRequest {
        let record: RequestRecord
        let life: UInt64
        let outcome: OutcomeRecord?
    }

    private func storedStream(_ id: StreamID) throws(Refusal) -> StoredStream? {
        if let departed = dormant[id] {
            guard let snapshot = departed.snapshot else { return nil }
            let intake = departed.intake
            return StoredStream(
                id: id, key: intake.key, life: intake.life, intake: intake, snapshot: snapshot)
        }
        return try fromStore(id) { store throws in
            try store.stream(id)?.checked(for: model, path: store.path)
        }
    }

    /// How far the last life of this name was accepted, once it has ended.
    func lastIntake(of id: StreamID) throws(Refusal) -> StreamIntake? {
        if let departed = dormant[id] { return departed.intake }
        return try fromStore(id) { store throws in try store.lastIntake(of: id) }
    }

    /// After a failure nothing more is asked: what a stream was can no longer be known.
    ///
    /// - Throws: why this stream is stopped.
    private func fromStore<Result>(
        _ id: StreamID, _ body: (JournalReader) throws -> Result?
    ) throws(Refusal) -> Result? {
        guard let store, failure == nil else { return nil }
        if let damage = damaged[id] { throw damage }
        var isStalled = false
        while true {
            let problem: any Error
            do {
                let result = try body(store)
                if isStalled { _ = storeStalled(nil) }
                return result
            } catch {
                problem = error
            }
            if let damage = damage(id, from: problem, in: store) {
                if isStalled { _ = storeStalled(nil) }
                throw damage
            }
            guard let error = problem as? JournalError, error.mayPass, storeStalled(error) else {
                failure = problem
                return nil
            }
            isStalled = true
        }
    }

    private func revive(
        _ stored: StoredStream, slot: Int32
    ) throws(Refusal) -> StreamState? {
        let stream = begin(stored.id, slot: slot, intake: stored.intake)
        stream.journal = StreamJournal(key: stored.key, life: stored.life)
        do {
            if let snapshot = stored.snapshot { try restore(snapshot, to: stream) }
        } catch {
            leaveTable(stream)
            let damage = Self.damage(stored.id, "\(error)")
            damaged.insert(stored.id, damage)
            throw damage
        }
        statistics.residence.resumed.add()
        enqueue(stored, stream)
        if let snapshot = stored.snapshot, snapshot.model != model.fingerprint {
            switchModel(stream)
        }
        return stream
    }

    /// Goes on from zero: a state of another model says nothing to this one.
    private func switchModel(_ stream: StreamState) {
        if stream.intake.isEvicted { resume(stream) }
        decide(.model, stream)
    }

    /// Says that an evicted stream is there again, before what brought it back.
    func resume(_ stream: StreamState) {
        guard stream.intake.isEvicted else { return }
        decide(.resume, stream)
    }

    /// A decision of the daemon's own: it is a request in the stream's line like any other.
    private func decide(_ operation: Request.Operation, _ stream: StreamState) {
        append(decision(operation, stream), to: stream)
    }

    private func decision(
        _ operation: Request.Operation, _ stream: StreamState
    ) -> StreamWork.Item {
        let request = Request(stream: stream.id, operation: operation)
        return .init(
            content: .request(request), weight: 0, place: place(request, stream))
    }

    // MARK: Recovery

    /// Takes a stream back that the daemon had not finished with when it last ran.
    func recover(_ id: StreamID, _ isDone: @escaping @Sendable () -> Void) {
        guard table[id] == nil else { return isDone() }
        do throws(Refusal) {
            // It may have come back, and have been evicted, since it was found to be unfinished.
            guard let stream = try bringBack(id, toRead: true) else { return isDone() }
            append(.init(content: .query { _ in isDone() }, weight: 0), to: stream)
        } catch {
            refuse(named: id, error)
            isDone()
        }
    }

    /// What was accepted and not yet read when the snapshot was taken.
    private func enqueue(_ stored: StoredStream, _ stream: StreamState) {
        if !stored.unread.isEmpty { noteDirty(stream) }
        for unread in stored.unread {
            // Its events have been told if its outcome is known.
            append(
                StreamWork.Item(
                    unread.record, of: stream.id, life: unread.life,
                    audience: unread.outcome.map { _ in Audience() }, outcome: unread.outcome),
                to: stream, arrival: unread.record.time)
        }
        // A text that was cut by the snapshot goes on there.
        if let position = stored.snapshot?.position { stream.work?.position = Int(position) }
    }

    // MARK: Eviction

    /// A slot for one more stream, if need be that of the stream that has been idle for longest.
    func takeSlot() -> Int32? {
        if let slot = table.takeSlot() { return slot }
        guard store != nil, failure == nil, evictLongestIdle() else { return nil }
        return table.takeSlot()
    }

    /// Sees to it that there is a slot for this input's stream. False while all are taken by
    /// streams that have something to read: after some steps there is one.
    package func makeRoom(for input: EngineInput) -> Bool {
        guard store != nil, !isIdle, let id = input.stream ?? queriedUnread(input),
            table[id] == nil
        else { return true }
        return table.hasFreeSlot || failure != nil || evictLongestIdle()
    }

    private func evictLongestIdle() -> Bool {
        while let next = evictions.first {
            guard let stream = evictable(next) else { continue }
            evict(stream)
            return true
        }
        return false
    }

    /// The first of the line, which it leaves, if it has stayed idle; else it queues again.
    private func evictable(_ next: EvictionLine.Entry) -> StreamState? {
        evictions.removeFirst()
        guard let stream = table[next.stream], stream.isInEvictionLine else { return nil }
        stream.isInEvictionLine = false
        guard stream.work == nil else { return nil }
        guard stream.activity == next.activity else {
            noteIdle(stream)
            return nil
        }
        return stream
    }

    /// Evicts streams that have been idle since before `limit`, a few at a time. True if more wait.
    ///
    /// - Parameter limit: in seconds of the monotonic clock, as `uptime`.
    package func evictIdle(before limit: Double, atMost count: Int = 64) -> Bool {
        var left = count
        while left > 0, failure == nil, let next = evictions.first, next.since < limit {
            left -= 1
            if let stream = evictable(next) { evict(stream) }
        }
        return left == 0
    }

    /// When the stream that has been idle for longest became so, if one may be evicted.
    package var longestIdleSince: Double? { evictions.first?.since }

    /// To be evicted in its turn.
    func noteIdle(_ stream: StreamState) {
        guard store != nil, stream.work == nil, !stream.isInEvictionLine else { return }
        stream.isInEvictionLine = true
        evictions.append(
            .init(stream: stream.id, activity: stream.activity, since: uptime))
    }

    private func evict(_ stream: StreamState) {
        // What was brought back for a duplicate alone is as it was when it was evicted.
        let hasResumed = !stream.intake.isEvicted || stream.journal.isDirty
        if hasResumed { carryOutEviction(of: stream) }
        let snapshot = snapshot(of: stream)
        if hasResumed { checkpoint(stream, snapshot) }
        // Else a sweep would find a name for each of the streams that came by since the last one.
        if !stream.journal.isDirty { sweep.dirty.remove(stream.id) }
        statistics.residence.evicted.add()
        leaveTable(stream)
        depart(stream.id, stream.intake, snapshot)
    }

    private func carryOutEviction(of stream: StreamState) {
        stream.isInEvictionLine = true
        stream.work = StreamWork(items: [decision(.evict, stream)])
        _ = refill(stream)
    }

    /// The stream that is asked for, if it must be brought back to be told of: it is not read to
    /// its end.
    private func queriedUnread(_ input: EngineInput) -> StreamID? {
        guard awaitsRecovery, let id = input.queriedStream, table[id] == nil,
            let stored = try? storedStream(id), !stored.unread.isEmpty
        else { return nil }
        return id
    }

    func leaveTable(_ stream: StreamState) {
        noteSwept(stream)
        table.remove(stream)
        network.release(slot: stream.slot)
        departures += 1
        if evictions.count > 1024 + 4 * table.count {
            evictions.keep { table[$0.stream]?.isInEvictionLine ?? false }
        }
        statistics.streams.add(-1)
    }

    /// Until the journal has it on disk, what is known of a stream stays here.
    func depart(_ id: StreamID, _ intake: StreamIntake, _ snapshot: StreamSnapshot? = nil) {
        guard store != nil else { return }
        dormant.insert(
            id, .init(intake: intake, snapshot: snapshot, batch: batch.number))
    }

    /// The journal has all batches up to this one.
    package func forgetDormant(committed number: UInt64) { dormant.forget(upTo: number) }

    // MARK: Snapshots

    /// Answers in the stream's turn, or from the store without taking it back, unless requests of
    /// it are still to be read again.
    func query(
        _ id: StreamID, weight: Int,
        _ reply: @escaping @Sendable (Result<StreamSnapshot?, Refusal>) -> Void
    ) {
        if let stream = table[id] {
            return append(.init(content: .query(reply), weight: weight), to: stream)
        }
        finish(weight: weight)
        do throws(Refusal) {
            let stored = try storedStream(id)
            if let stored, !stored.unread.isEmpty, let stream = try bringBack(id) {
                return append(.init(content: .query(reply), weight: 0), to: stream)
            }
            reply(.success(stored?.snapshot))
        } catch {
            reply(.failure(error))
        }
    }
}

extension Shard.StoredStream {
    /// The same, if this model can go on with it.
    ///
    /// - Throws: `foreign` if another one has begun to read what is unread.
    fileprivate func checked(
        for model: Model, path: String
    ) throws(JournalError) -> Shard.StoredStream {
        guard unread.allSatisfy({ $0.record.model == model.fingerprint.bytes }) else {
            throw JournalError(
                .foreign, file: path, part: id.text,
                "its unfinished requests were read by another model; serve that model once more "
                    + "to finish them")
        }
        return self
    }
}
