import Journal
import Model
import Synchronization
import Wire

/// What the journal is told: requests as they are accepted, outcomes as they are known, and
/// checkpoints.
extension Shard {
    func noteBeginning(of stream: StreamState) {
        guard options.recordsOutcomes else { return }
        let intake = stream.intake
        batch.add(
            .began(
                StreamLife(key: intake.key, name: stream.id, life: intake.life, began: time)))
    }

    /// The next place of the stream, which is this request's, once the journal is told of it.
    func place(_ request: Request, _ stream: StreamState) -> RequestPlace {
        let (place, forgotten) = stream.intake.take(request, at: time)
        if let forgotten, options.recordsOutcomes {
            batch.add(.producerForgotten(stream.id, forgotten))
        }
        record(request, place, stream)
        return place
    }

    /// A producer says that it is done, with a number that was acknowledged before.
    func noteLeaving(_ request: Request) {
        guard options.recordsOutcomes else { return }
        batch.add(.producerLeft(request.stream, request.producer))
    }

    private func record(_ request: Request, _ place: RequestPlace, _ stream: StreamState) {
        if !stream.journal.isDirty { noteDirty(stream) }
        guard options.recordsOutcomes else { return }
        var record = RequestRecord(
            key: place.key, sequence: place.sequence, time: time,
            operation: request.operation, more: request.more, text: request.text,
            producer: request.producer, producerSequence: request.producerSequence,
            producerTime: request.time, endpoint: request.endpoint,
            isAcknowledged: request.replyTo != nil && request.producerSequence != nil,
            model: model.fingerprint.bytes)
        record.isLast = request.isLast
        batch.add(.request(record))
        batch.holdsEvents = true
    }

    /// A request begins to be carried out: what is told from here on is about it.
    func open(_ item: StreamWork.Item, _ stream: StreamState) {
        guard let place = item.place, stream.journal.audience == nil else { return }
        stream.journal.sequence = place.sequence
        // Half of a text's events were told before it was cut, to whom is not known.
        if stream.work?.position ?? 0 > 0, item.audience == nil {
            stream.journal.hasMixedAudience = true
        }
        if let audience = item.audience {
            stream.journal.hasGivenAudience = true
            stream.wanted = outbox.wanted(by: audience)
        } else {
            refreshWanted(stream)
        }
        stream.journal.audience =
            options.recordsOutcomes ? outbox.audience(stream.wanted) : Audience()
    }

    /// All that the request asked for is done.
    func conclude(_ receipt: StreamWork.Receipt, _ stream: StreamState) {
        finish(weight: receipt.weight)
        guard let place = receipt.place else { return }
        stream.journal.sequence = place.sequence + 1
        if let outcome = receipt.outcome {
            check(outcome, stream)
        } else if options.recordsOutcomes {
            noteOutcome(place, stream)
        }
        if stream.journal.hasGivenAudience { stream.wantedGeneration = 0 }
        stream.journal.hasGivenAudience = false
        stream.journal.eventsDigest = []
        stream.journal.audience = nil
        stream.journal.hasMixedAudience = false
        if stream.damage == nil { checkpointIfDue(stream) }
    }

    private func noteOutcome(_ place: RequestPlace, _ stream: StreamState) {
        let journal = stream.journal
        batch.add(
            .outcome(
                OutcomeRecord(
                    key: place.key, sequence: place.sequence, epoch: stream.epoch,
                    tokens: stream.lifeTokens, offset: stream.offset,
                    stateDigest: snapshot(of: stream).stateDigest,
                    eventsDigest: journal.hasMixedAudience ? nil : journal.eventsDigest,
                    audience: (journal.audience ?? Audience()).description)))
    }

    /// What was read again must lead to the same bits.
    private func check(_ outcome: OutcomeRecord, _ stream: StreamState) {
        guard snapshot(of: stream).stateDigest != outcome.stateDigest else { return }
        stream.damage = Self.damage(
            stream.id,
            "reading request \(outcome.sequence) again leads to another state than when it was "
                + "first read; `sluice replay verify` names the token")
    }

    func noteEnd(of stream: StreamState) {
        guard options.recordsOutcomes else { return }
        batch.add(.ended(stream.journal.key, time: time))
    }

    // MARK: Checkpoints

    /// Between two tokens, where `steps` is empty: after so many tokens, or as the sweep asks.
    func checkpointIfDue(_ stream: StreamState) {
        guard options.checkpoints else { return checkpointIfAwaited(stream) }
        let isSwept = stream.journal.sweepUntil.map { stream.journal.sequence >= $0 } ?? false
        guard isSwept || isPermanent(stream) else { return }
        checkpoint(stream, snapshot(of: stream))
        if isSwept { noteSwept(stream) }
    }

    private func checkpointIfAwaited(_ stream: StreamState) {
        guard let awaited = stream.journal.awaited, awaited.sequence == stream.journal.sequence,
            awaited.position == UInt64(stream.work?.position ?? 0)
        else { return }
        stream.journal.awaited = nil
        batch.add(.checkpoint(checkpointRecord(stream, snapshot(of: stream), isTemporary: true)))
    }

    private func isBetweenRequests(_ stream: StreamState) -> Bool {
        stream.work.map { $0.steps.isEmpty && $0.position == 0 } ?? true
    }

    private func isPermanent(_ stream: StreamState) -> Bool {
        stream.lifeTokens - stream.journal.savedTokens >= options.checkpointTokens
    }

    func checkpoint(_ stream: StreamState, _ snapshot: StreamSnapshot) {
        guard options.checkpoints else { return }
        let isTemporary = !isPermanent(stream)
        if !isTemporary { stream.journal.savedTokens = stream.lifeTokens }
        stream.journal.isDirty = stream.intake.nextSequence > snapshot.sequence
        batch.add(.checkpoint(checkpointRecord(stream, snapshot, isTemporary: isTemporary)))
    }

    private func checkpointRecord(
        _ stream: StreamState, _ snapshot: StreamSnapshot, isTemporary: Bool
    ) -> CheckpointRecord {
        CheckpointRecord(
            key: stream.journal.key, sequence: snapshot.sequence, position: snapshot.position,
            epoch: stream.epoch, tokens: stream.lifeTokens, time: time, isTemporary: isTemporary,
            model: model.fingerprint.bytes, snapshot: snapshot.encoded())
    }

    // MARK: Sweeps

    func noteDirty(_ stream: StreamState) {
        stream.journal.isDirty = true
        if options.checkpoints { sweep.dirty.insert(stream.id) }
    }

    /// Begins to checkpoint every stream that has changed; until all are, no other begins.
    ///
    /// Before the recovery is done the store has changed streams that are not here, so that such a
    /// sweep does not cover what was recorded before it.
    package func beginSweep(shard: Int) {
        guard options.checkpoints, sweep.begin() else { return }
        sweep.coversAll = !awaitsRecovery
        if sweep.coversAll { batch.add(.sweepBegan(shard: shard)) }
        sweep.shard = shard
        endSweepIfDone()
    }

    package var isSweeping: Bool { sweep.isRunning }
    /// Streams wait for the sweep to come to them.
    package var hasSweepLeft: Bool { sweep.isRunning && sweep.hasNext }

    /// Goes on with the sweep: idle streams at once, a few at a time; the others as they come to
    /// the end of what they have.
    package func continueSweep(atMost count: Int = 64) {
        guard sweep.isRunning else { return }
        for _ in 0..<count {
            guard let id = sweep.next() else { return }
            guard let stream = table[id], stream.journal.isDirty else {
                sweep.finishOne()
                endSweepIfDone()
                continue
            }
            setSweepEnd(of: stream)
            if isBetweenRequests(stream) { checkpointIfDue(stream) }
        }
    }

    /// All that has been accepted of it is to be in its checkpoint; a life that is to end by then
    /// is followed by the next.
    private func setSweepEnd(of stream: StreamState) {
        let isLast = stream.intake.life == stream.journal.life
        stream.journal.sweepUntil = isLast ? stream.intake.nextSequence : .max
    }

    /// The stream ends; true if the sweep waits for what comes after it.
    func giveUpSweep(of stream: StreamState) -> Bool {
        guard stream.journal.sweepUntil != nil, stream.intake.life != stream.journal.life else {
            return false
        }
        stream.journal.sweepUntil = nil
        return true
    }

    /// The sweep waits for the life that has begun in place of the one that ended.
    func goOnSweeping(_ id: StreamID) {
        if let stream = table[id] { return setSweepEnd(of: stream) }
        sweep.finishOne()
        endSweepIfDone()
    }

    /// The sweep has nothing left to do at this stream.
    func noteSwept(_ stream: StreamState) {
        guard stream.journal.sweepUntil != nil else { return }
        stream.journal.sweepUntil = nil
        sweep.finishOne()
        if stream.journal.isDirty { sweep.dirty.insert(stream.id) }
        endSweepIfDone()
    }

    private func endSweepIfDone() {
        guard sweep.endIfDone(), sweep.coversAll else { return }
        batch.add(.sweepEnded(shard: sweep.shard))
    }
}

/// The checkpointing of all streams of a shard that have changed, a few at a time.
struct CheckpointSweep {
    /// Streams that have changed since they were last part of a sweep.
    var dirty: Set<StreamID> = []
    var shard = 0
    /// No stream of this shard has changed beside those that are part of it.
    var coversAll = true
    private var waiting: [StreamID] = []
    private var unfinished = 0
    private(set) var isRunning = false

    /// False if one is running.
    mutating func begin() -> Bool {
        guard !isRunning else { return false }
        isRunning = true
        waiting = Array(dirty)
        unfinished = waiting.count
        dirty = []
        return true
    }

    var hasNext: Bool { !waiting.isEmpty }
    mutating func next() -> StreamID? { waiting.popLast() }
    mutating func finishOne() { unfinished -= 1 }

    /// True once, when the last one is done.
    mutating func endIfDone() -> Bool {
        guard isRunning, unfinished == 0 else { return false }
        isRunning = false
        waiting = []
        return true
    }
}
