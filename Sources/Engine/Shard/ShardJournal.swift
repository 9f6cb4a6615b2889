import Model
import Storage
import Wire

/// What one shard records: requests as they are accepted, outcomes as they are known,
/// checkpoints, and the answers that wait until these are on disk.
final class ShardJournal {
    private let recordsOutcomes: Bool
    private let keepsCheckpoints: Bool
    /// Tokens of a stream between two checkpoints that are kept.
    private let checkpointTokens: UInt64
    private let model: Fingerprint

    private(set) var batch = JournalBatch()
    /// The last batch that had requests: what they lead to is published once it is on disk.
    private(set) var hold: UInt64?
    private var sweep = CheckpointSweep()
    /// Seconds since 1970, as the shard's driver last said: what records are stamped with.
    var time = 0.0

    init(_ model: Fingerprint, options: EngineOptions) {
        self.model = model
        recordsOutcomes = options.recordsOutcomes
        keepsCheckpoints = options.checkpoints
        checkpointTokens = options.checkpointTokens
    }

    /// The records since this was last called.
    func takeBatch() -> JournalBatch {
        if batch.holdsEvents { hold = batch.number }
        defer { batch = JournalBatch(number: batch.number + 1) }
        return batch
    }

    // MARK: Answers

    func acknowledge(_ request: Request, _ result: Acknowledgement.Result) {
        guard let replyTo = request.replyTo else { return }
        batch.acknowledge(
            Acknowledgement(
                replyTo: replyTo, stream: request.stream,
                producerSequence: request.producerSequence, result: result))
    }

    func acknowledge(_ refusal: Refusal, of stream: StreamID?, _ sender: EngineInput.Sender) {
        batch.acknowledge(
            Acknowledgement(
                replyTo: sender.replyTo, stream: stream, producerSequence: sender.producerSequence,
                result: .refused(refusal)))
    }

    // MARK: Requests

    /// An incarnation of a stream begins.
    func noteBeginning(of stream: StreamState) {
        let intake = stream.intake
        record(
            .began(
                StreamIncarnation(
                    key: intake.key, name: stream.id, number: intake.incarnation, began: time)))
    }

    func noteEnd(of stream: StreamState) {
        record(.ended(stream.journal.key, time: time))
    }

    /// A producer says that it is done, with a number that was acknowledged before.
    func noteLeaving(_ request: Request) {
        record(.producerLeft(request.stream, request.producer))
    }

    private func record(_ record: StorageRecord) {
        if recordsOutcomes { batch.add(record) }
    }

    /// Records a request as the stream's next.
    func record(_ request: Request, _ stream: StreamState) -> RequestPlace {
        let (place, forgotten) = stream.intake.take(request, at: time)
        if let forgotten { record(.producerForgotten(stream.id, forgotten)) }
        if !stream.journal.isDirty { noteDirty(stream) }
        if recordsOutcomes { batch.add(.request(record(of: request, at: place))) }
        return place
    }

    private func record(of request: Request, at place: RequestPlace) -> RequestRecord {
        var record = RequestRecord(
            key: place.key, sequence: place.sequence, time: time,
            operation: request.operation, more: request.more, text: request.text,
            producer: request.producer, producerSequence: request.producerSequence,
            producerTime: request.time, endpoint: request.endpoint,
            isAcknowledged: request.replyTo != nil && request.producerSequence != nil,
            model: model.bytes)
        record.isLast = request.isLast
        return record
    }

    /// All that a request asked for is done.
    func noteOutcome(
        _ place: RequestPlace, _ stream: StreamState, stateDigest: @autoclosure () -> [UInt8]
    ) {
        guard recordsOutcomes else { return }
        let (state, audience) = (stream.state, stream.audience)
        batch.add(
            .outcome(
                OutcomeRecord(
                    key: place.key, sequence: place.sequence, epoch: state.epoch,
                    tokens: state.incarnationTokens, offset: state.offset,
                    stateDigest: stateDigest(),
                    eventsDigest: audience.isMixed ? nil : stream.journal.eventsDigest,
                    audience: (audience.ofRequest ?? Audience()).description)))
    }

    // MARK: Checkpoints

    /// Between two tokens, where nothing is tokenised and not yet read: after so many tokens, or as
    /// the sweep or replay asks.
    func checkpointIfDue(_ stream: StreamState, _ snapshot: @autoclosure () -> StreamSnapshot) {
        guard keepsCheckpoints else {
            let position = UInt64(stream.work?.position ?? 0)
            guard stream.journal.takeAwaited(position: position) else { return }
            return batch.add(checkpoint(of: stream, snapshot(), isTemporary: true))
        }
        let isSwept = stream.journal.isSweepDue
        guard isSwept || isPermanent(stream) else { return }
        checkpoint(stream, snapshot())
        if isSwept { endSweep(of: stream) }
    }

    func checkpoint(_ stream: StreamState, _ snapshot: StreamSnapshot) {
        guard keepsCheckpoints else { return }
        let isTemporary = !isPermanent(stream)
        stream.journal.noteSaved(
            tokens: isTemporary ? nil : stream.state.incarnationTokens,
            isCurrent: stream.intake.nextSequence <= snapshot.sequence)
        batch.add(checkpoint(of: stream, snapshot, isTemporary: isTemporary))
    }

    private func isPermanent(_ stream: StreamState) -> Bool {
        stream.state.incarnationTokens - stream.journal.savedTokens >= checkpointTokens
    }

    private func checkpoint(
        of stream: StreamState, _ snapshot: StreamSnapshot, isTemporary: Bool
    ) -> StorageRecord {
        .checkpoint(
            CheckpointRecord(
                key: stream.journal.key, sequence: snapshot.sequence, position: snapshot.position,
                epoch: snapshot.state.epoch, tokens: snapshot.state.incarnationTokens, time: time,
                isTemporary: isTemporary, model: model.bytes, snapshot: snapshot.encoded()))
    }

    // MARK: Sweeps

    func noteDirty(_ stream: StreamState) {
        stream.journal.noteDirty()
        if keepsCheckpoints { sweep.noteDirty(stream.id) }
    }

    /// The stream is evicted: if its checkpoint has all of it, no sweep need look for it.
    func noteEviction(of stream: StreamState) {
        if !stream.journal.isDirty { sweep.noteClean(stream.id) }
    }

    /// Begins to checkpoint every stream that has changed; until all are, no other begins.
    ///
    /// - Parameter coversAll: no stream has changed in the store alone.
    func beginSweep(shard: Int, coversAll: Bool) {
        guard keepsCheckpoints, sweep.begin(shard: shard, coversAll: coversAll) else { return }
        if coversAll { batch.add(.sweepBegan(shard: shard)) }
        endSweepIfDone()
    }

    var isSweeping: Bool { sweep.isRunning }
    var completedSweeps: Int { sweep.completed }
    /// Streams wait for the sweep to come to them.
    var hasSweepLeft: Bool { sweep.isRunning && sweep.hasNext }

    func nextToSweep() -> StreamID? { sweep.isRunning ? sweep.next() : nil }

    /// The sweep reaches a stream, if it is there. All that has been accepted of it is to be in its
    /// checkpoint; an incarnation that is to end by then is followed by the next.
    func sweep(_ stream: StreamState?) {
        guard let stream else { return endOneSweep() }
        let isLast = stream.intake.incarnation == stream.journal.incarnation
        stream.journal.awaitSweep(until: isLast ? stream.intake.nextSequence : .max)
    }

    /// The stream ends; true if the sweep waits for what comes after it.
    func giveUpSweep(of stream: StreamState) -> Bool {
        guard stream.journal.sweepUntil != nil,
            stream.intake.incarnation != stream.journal.incarnation
        else {
            return false
        }
        stream.journal.endSweep()
        return true
    }

    /// The sweep has nothing left to do at this stream.
    func endSweep(of stream: StreamState) {
        guard stream.journal.sweepUntil != nil else { return }
        stream.journal.endSweep()
        if stream.journal.isDirty { sweep.noteDirty(stream.id) }
        endOneSweep()
    }

    private func endOneSweep() {
        sweep.finishOne()
        endSweepIfDone()
    }

    private func endSweepIfDone() {
        guard sweep.endIfDone(), sweep.coversAll else { return }
        batch.add(.sweepEnded(shard: sweep.shard))
    }
}
