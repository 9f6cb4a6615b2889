import DequeModule
import Metrics
import Model
import Storage
import Threads
package import Wire

/// Streams that come into memory and leave it: by their first input, from the store, and by
/// eviction, `end` and damage.
extension Shard {
    // MARK: New streams

    /// A new stream, if this begins one and there is room. Nil if the input was refused.
    func begin(_ id: StreamID, for item: StreamWork.Item) throws(Refusal) -> StreamState? {
        guard absent.failure == nil else { return nil }
        switch item.content {
        case .query: return nil
        case .refusal(let refusal): publisher.refuse(named: id, refusal)
        case .request(let request): return try begin(request)
        }
        return nil
    }

    private func begin(_ request: Request) throws(Refusal) -> StreamState? {
        let previous = try absent.lastIntake(of: request.stream)
        guard absent.failure == nil else { return nil }
        if previous?.isDuplicate(request) == true {
            if request.isLast { journal.noteLeaving(request) }
            journal.acknowledge(request, .duplicate)
        } else if !Admission.beginsStream(request) {
            refuse(request, .noSuchStream(request))
        } else if let problem = admission.problem(withSnapshotOf: request) {
            refuse(request, problem)
        } else if let slot = takeSlot() {
            let stream = begin(
                request.stream, slot: slot, intake: residence.nextIntake(after: previous))
            journal.noteBeginning(of: stream)
            return stream
        } else if absent.failure == nil {
            refuse(request, .tooManyStreams(request, limit: options.maxStreams))
        }
        return nil
    }

    /// A request for a stream that is not there.
    private func refuse(_ request: Request, _ refusal: Refusal) {
        journal.acknowledge(request, .refused(refusal))
        publisher.refuse(named: request.stream, refusal)
    }

    /// The stream at its beginning, in memory. The first item of its queue says how it begins.
    ///
    /// - Parameters:
    ///   - name: what its events say; nil for its id.
    ///   - incarnation: the one that is read, if `intake` may be ahead of it.
    func begin(
        _ id: StreamID, name: StreamID? = nil, slot: Int32, intake: StreamIntake,
        incarnation: StreamJournal? = nil
    ) -> StreamState {
        network.use(slot: slot)
        let stream = StreamState(
            id: id, name: name, slot: slot, encoder: text.encoder, intake: intake,
            journal: incarnation)
        residence.insert(stream)
        absent.remove(id)
        return stream
    }

    /// A stream of that name ended with these still in its queue: the first text begins another.
    func beginAgain(_ ended: StreamState, with rest: StreamWork) {
        while let item = rest.items.first {
            if let place = item.place, let slot = residence.takeFreeSlot() {
                let stream = begin(
                    ended.id, slot: slot, intake: ended.intake,
                    incarnation: StreamJournal(key: place.key, incarnation: place.incarnation))
                residence.noteActivity(of: stream)
                stream.activity.noteInput(at: ended.activity.lastInput)
                stream.inherit(rest)
                // What was recorded of this incarnation was noted of the one before.
                journal.noteDirty(stream)
                return scheduler.enqueue(stream)
            }
            refuse(item, betweenIncarnationsOf: ended.id)
            finish(weight: item.weight)
            _ = rest.popFirst()
        }
        absent.add(ended.id, ended.intake, nil, batch: journal.batch.number)
    }

    private func refuse(_ item: StreamWork.Item, betweenIncarnationsOf id: StreamID) {
        switch item.content {
        case .request(let request): publisher.refuse(named: id, .noSuchStream(request))
        case .refusal(let refusal): publisher.refuse(named: id, refusal)
        case .query(let reply): reply(.success(nil))
        }
    }

    // MARK: From the store

    /// The stream as the store has it, in memory again; nil if there is none that continues.
    ///
    /// - Parameter toRead: only if it has requests that are to be read again.
    /// - Throws: why the stream is stopped.
    func restore(_ id: StreamID, toRead: Bool = false) throws(Refusal) -> StreamState? {
        guard let stored = try absent.find(id), !toRead || !stored.unread.isEmpty else {
            return nil
        }
        guard let slot = takeSlot() else {
            absent.failForRoom(for: id)
            return nil
        }
        return try restore(stored, slot: slot)
    }

    private func restore(_ stored: StoredStream, slot: Int32) throws(Refusal) -> StreamState? {
        let stream = begin(
            stored.id, slot: slot, intake: stored.intake,
            incarnation: StreamJournal(key: stored.key, incarnation: stored.incarnation))
        do {
            if let snapshot = stored.snapshot { try restore(snapshot, to: stream) }
        } catch {
            leave(stream)
            let damage = Refusal.damaged("\(error)")
            absent.noteDamage(stored.id, damage)
            throw damage
        }
        statistics.residence.noteResumption()
        enqueueUnread(of: stored, stream)
        if let snapshot = stored.snapshot, snapshot.model != model.fingerprint {
            // A state of another model is of no use to this one, which begins from zero.
            if stream.intake.isEvicted { decide(.resume, stream) }
            decide(.model, stream)
        }
        return stream
    }

    /// What was accepted and not yet read when the snapshot was taken.
    private func enqueueUnread(of stored: StoredStream, _ stream: StreamState) {
        if !stored.unread.isEmpty { journal.noteDirty(stream) }
        for unread in stored.unread {
            // Its events have been published if its outcome is known.
            append(
                StreamWork.Item(
                    unread.request, of: stream.id, incarnation: unread.incarnation.number,
                    audience: unread.outcome.map { _ in Audience() }, outcome: unread.outcome),
                to: stream, arrival: unread.request.time)
        }
        // A text that was cut by the snapshot continues there.
        if let position = stored.snapshot?.position { stream.work?.advance(to: Int(position)) }
    }

    /// Restores a stream that the daemon had not finished with when it last ran.
    func recover(_ id: StreamID, _ isDone: @escaping @Sendable () -> Void) {
        guard residence[id] == nil else { return isDone() }
        do throws(Refusal) {
            // It may have been restored and evicted since it was found to be unfinished.
            guard let stream = try restore(id, toRead: true) else { return isDone() }
            append(.init(content: .query { _ in isDone() }, weight: 0), to: stream)
        } catch {
            publisher.refuse(named: id, error)
            isDone()
        }
    }

    /// Answers in the stream's turn, or from the store without restoring it, unless requests of it
    /// are still to be read again.
    func query(
        _ id: StreamID, weight: Int,
        _ reply: @escaping @Sendable (Result<StreamSnapshot?, Refusal>) -> Void
    ) {
        if let stream = residence[id] {
            return append(.init(content: .query(reply), weight: weight), to: stream)
        }
        finish(weight: weight)
        do throws(Refusal) {
            let stored = try absent.find(id)
            if let stored, !stored.unread.isEmpty, let stream = try restore(id) {
                return append(.init(content: .query(reply), weight: 0), to: stream)
            }
            reply(.success(stored?.snapshot))
        } catch {
            reply(.failure(error))
        }
    }

    /// Nil for a stream that is not in memory.
    func position(of id: StreamID) -> StreamPosition? {
        residence[id].map {
            StreamPosition(incarnation: $0.journal.incarnation, progress: StreamProgress($0))
        }
    }

    // MARK: Eviction

    /// A slot for one more stream, if need be that of the stream that has been idle for longest.
    func takeSlot() -> Int32? {
        if let slot = residence.takeFreeSlot() { return slot }
        guard absent.hasStore, absent.failure == nil, evictLongestIdle() else { return nil }
        return residence.takeFreeSlot()
    }

    /// Makes sure that there is a slot for this input's stream. False while all are taken by streams
    /// that have something to read: after some steps there is one.
    package func makeRoom(for input: EngineInput) -> Bool {
        guard absent.hasStore, !isIdle, let id = input.stream ?? queriedUnread(input),
            residence[id] == nil
        else { return true }
        return residence.hasFreeSlot || absent.failure != nil || evictLongestIdle()
    }

    /// The stream that is asked for, if it must be restored to answer: it is not read to its end.
    private func queriedUnread(_ input: EngineInput) -> StreamID? {
        guard residence.awaitsRecovery, let id = input.queriedStream, residence[id] == nil,
            let stored = try? absent.find(id), !stored.unread.isEmpty
        else { return nil }
        return id
    }

    private func evictLongestIdle() -> Bool {
        while residence.longestIdleSince != nil {
            guard let stream = residence.takeLongestIdle() else { continue }
            evict(stream)
            return true
        }
        return false
    }

    /// Evicts streams that have been idle since before `limit`, a few at a time. True if more wait.
    ///
    /// - Parameter limit: in seconds of the monotonic clock, as `uptime`.
    package func evictIdle(before limit: Double, atMost count: Int = 64) -> Bool {
        var left = count
        while left > 0, absent.failure == nil, let since = residence.longestIdleSince,
            since < limit
        {
            left -= 1
            if let stream = residence.takeLongestIdle() { evict(stream) }
        }
        return left == 0
    }

    /// Evicts a stream, if it is idle, as it would be evicted later.
    func evict(
        _ id: StreamID, _ reply: @Sendable (Result<EngineInput.EvictionResult, Refusal>) -> Void
    ) {
        if let stream = residence[id] {
            guard absent.hasStore, absent.failure == nil, stream.work == nil else {
                return reply(.success(.busy))
            }
            evict(stream)
            return reply(.success(.evicted))
        }
        do throws(Refusal) {
            reply(.success(try absent.find(id) == nil ? .noSuchStream : .evicted))
        } catch {
            reply(.failure(error))
        }
    }

    private func evict(_ stream: StreamState) {
        // What was restored for a duplicate alone is as it was when it was evicted.
        let hasResumed = !stream.intake.isEvicted || stream.journal.isDirty
        if hasResumed { carryOutEviction(of: stream) }
        let snapshot = snapshot(of: stream)
        if hasResumed { journal.checkpoint(stream, snapshot) }
        journal.noteEviction(of: stream)
        statistics.residence.noteEviction()
        leave(stream)
        absent.add(stream.id, stream.intake, snapshot, batch: journal.batch.number)
    }

    private func carryOutEviction(of stream: StreamState) {
        stream.activity.enterEvictionQueue()
        _ = stream.append(decision(.evict, stream))
        _ = refill(stream)
    }

    /// The stream is in memory no more.
    func leave(_ stream: StreamState) {
        journal.endSweep(of: stream)
        residence.remove(stream)
        network.release(slot: stream.slot)
    }

    // MARK: Damage

    /// Stops a stream whose rows were found to be damaged. Its inputs are refused; all other streams
    /// continue.
    package func stop(_ id: StreamID, because reason: String) {
        let damage = Refusal.damaged(reason)
        guard absent.damages[id] == nil else { return }
        if let stream = residence[id] { return stop(stream, damage) }
        absent.noteDamage(id, damage)
        publisher.refuse(named: id, damage)
    }

    /// Takes a stream out of memory as it is. What the store has of it stays as it was.
    func stop(_ stream: StreamState, _ damage: Refusal) {
        absent.noteDamage(stream.id, damage)
        scheduler.remove(stream)
        leave(stream)
        statistics.residence.stored.add()
        publisher.refuse(named: stream.id, damage)
        guard let work = stream.takeWork() else { return }
        for case .finished(let receipt) in work.steps { finish(weight: receipt.weight) }
        for item in work.items {
            if case .query(let reply) = item.content { reply(.failure(damage)) }
            finish(weight: item.weight)
        }
    }

    /// An input for a stream that is stopped.
    func refuse(_ item: StreamWork.Item, of id: StreamID, _ damage: Refusal) {
        finish(weight: item.weight)
        switch item.content {
        case .request(let request): refuse(request, damage.about(request))
        case .refusal(let refusal): publisher.refuse(named: id, refusal)
        case .query(let reply): reply(.failure(damage))
        }
    }
}
