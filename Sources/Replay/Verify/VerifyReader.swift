import Engine
import Storage
import Wire

/// The work of one verifying thread: takes intervals, replays them in batches, and compares digests.
///
/// A `SessionPlayer` runs one stream and stops at each token. Here a step advances all streams of a
/// batch, and what they record is compared; only this loop is another one.
final class VerifyReader {
    private let store: SessionStore
    private let plan: VerifyPlan
    private let batch: Int
    private let shards: PlayerShards
    private var replays: [StreamKey: IntervalReplay] = [:]
    private var nextNumber: StreamKey = 1
    /// All intervals have been taken from the plan.
    private var isDone = false
    private(set) var findings = VerifyFindings()

    init(_ store: SessionStore, _ plan: VerifyPlan, _ options: VerifyOptions) throws {
        self.store = store
        self.plan = plan
        batch = options.batch
        var union = Audience()
        // Endpoints are labels, too.
        for label in try store.reader.labels() {
            if let audience = Audience(label) { union.formUnion(audience) }
        }
        // Most requests then share one shard. Without a `next` event, `top` does not matter.
        let isPossible = union.profiles.count <= Demand.mostOutputs
        var engine = EngineOptions()
        engine.kernelTier = options.kernelTier
        engine.maxBatch = options.batch
        engine.top = isPossible ? union.top ?? 1 : 1
        shards = PlayerShards(engine, isShared: true, union: isPossible ? union : nil)
    }

    func takeFindings() -> VerifyFindings {
        defer { findings = VerifyFindings() }
        return findings
    }

    /// One token of every interval that is being replayed. False when there is no more.
    func step() throws -> Bool {
        try fill()
        for shard in shards.all {
            if shard.step() { for entry in shard.takeRecords() { try take(entry) } }
            for (id, damage) in shard.takeDamages() { take(damage, of: id) }
        }
        return !replays.isEmpty || !isDone
    }

    // MARK: Intervals

    private func fill() throws {
        while replays.count < batch, !isDone {
            guard let interval = try plan.next(store.reader) else {
                isDone = true
                return
            }
            findings.counts.intervals += 1
            let session = Session(store, interval.status)
            var replay: IntervalReplay?
            try guarding(session, at: interval.start?.sequence ?? 0, nil) {
                replay = try begin(interval, session)
            }
            guard let replay else { continue }
            try guarding(session, at: replay.start.sequence, replay) { try readNext(replay) }
        }
    }

    private func begin(_ interval: VerifyInterval, _ session: Session) throws -> IntervalReplay? {
        let beginning = try beginning(of: interval, session)
        let stream = try PlayedStream(
            RequestSource(session), from: beginning, on: shards, listening: .asRecorded,
            number: nextNumber)
        guard let stream else { return nil }
        guard try stream.nextRequest() != nil else {
            stream.remove()
            return nil
        }
        let replay = IntervalReplay(stream, interval, session, from: beginning)
        nextNumber += 1
        replays[stream.key] = replay
        return replay
    }

    /// The nearest earlier checkpoint where a later one has replaced a temporary one.
    private func beginning(
        of interval: VerifyInterval, _ session: Session
    ) throws -> StreamSnapshot? {
        guard let start = interval.start else { return nil }
        let stored = try store.reader.checkpoint(of: start.key, at: start.place)
        guard let stored else { return try session.beginning(of: .request(start.sequence)) }
        return try session.snapshot(of: stored)
    }

    private func drop(_ replay: IntervalReplay) {
        replay.stream.remove()
        replays[replay.stream.key] = nil
    }

    // MARK: Requests

    /// - Parameter state: the state digest after the request before; nil before the first. A stream
    ///   that has ended has no other.
    private func readNext(_ replay: IntervalReplay, after state: [UInt8]? = nil) throws {
        let (stream, end) = (replay.stream, replay.interval.end)
        if let end, end.sequence == replay.nextSequence, end.position == 0 {
            try compare(replay, state ?? stream.snapshot?.stateDigest, to: end)
            return drop(replay)
        }
        guard let next = try stream.nextRequest()?.record.sequence,
            next < replay.interval.status.nextSequence
        else { return drop(replay) }
        replay.awaitsCheckpoint = end?.sequence == next
        _ = try stream.playNext(upTo: replay.awaitsCheckpoint ? end?.position : nil)
    }

    // MARK: Comparing

    private func take(_ entry: StorageRecord) throws {
        switch entry {
        case .outcome(let outcome):
            guard let replay = replays[outcome.key] else { return }
            try guarding(replay.session, at: outcome.sequence, replay) {
                try compare(replay, outcome)
            }
        case .checkpoint(let checkpoint):
            guard let replay = replays[checkpoint.key], let end = replay.interval.end else {
                return
            }
            count(replay, upTo: checkpoint.tokens)
            try guarding(replay.session, at: checkpoint.sequence, replay) {
                let found = try StreamSnapshot(decoding: checkpoint.snapshot)
                try compare(replay, found.stateDigest, to: end)
            }
            drop(replay)
        default: return
        }
    }

    /// The shard stopped the stream.
    private func take(_ damage: Refusal, of id: StreamID) {
        let damaged = replays.values.first { $0.stream.id == id }
        guard let damaged else { return }
        findings.add(self.damage(damaged.session, damaged.sequence, damage.message))
        replays[damaged.stream.key] = nil
    }

    private func compare(_ replay: IntervalReplay, _ found: OutcomeRecord) throws {
        guard let request = replay.stream.request else { return }
        findings.counts.requests += 1
        // A snapshot that was put has the tokens of another incarnation.
        if request.record.operation != .put { count(replay, upTo: found.tokens) }
        replay.tokens = found.tokens
        guard isEqual(replay, found, to: request.outcome) else { return drop(replay) }
        guard !replay.awaitsCheckpoint else {
            findings.add(
                replay.divergence(
                    .checkpoint, at: found.sequence, position: replay.interval.end?.position ?? 0,
                    "its byte is within a token; expected the end of a token"))
            return drop(replay)
        }
        try readNext(replay, after: found.stateDigest)
    }

    private func count(_ replay: IntervalReplay, upTo tokens: UInt64) {
        findings.counts.tokens += Int(tokens - min(replay.tokens, tokens))
    }

    /// Whether the states are equal: requests after a different state need no comparison.
    private func isEqual(
        _ replay: IntervalReplay, _ found: OutcomeRecord, to stored: OutcomeRecord?
    ) -> Bool {
        guard let stored else {
            findings.counts.withoutOutcome += 1
            return true
        }
        findings.counts.states += 1
        guard stored.stateDigest == found.stateDigest, stored.tokens == found.tokens,
            stored.epoch == found.epoch, stored.offset == found.offset
        else {
            findings.add(
                replay.divergence(
                    .state, at: found.sequence,
                    "replay produced a different state than the original run"))
            return false
        }
        guard let events = stored.eventsDigest, Audience(stored.audience) != nil else {
            findings.counts.withoutEvents += 1
            return true
        }
        findings.counts.events += 1
        if events != found.eventsDigest {
            findings.add(
                replay.divergence(
                    .events, at: found.sequence,
                    "replay published different events than the original run"))
        }
        return true
    }

    /// - Parameter found: the state digest of the replay.
    private func compare(
        _ replay: IntervalReplay, _ found: [UInt8]?, to end: CheckpointRecord
    ) throws {
        // A temporary checkpoint is gone if the daemon has made another since.
        guard
            let stored = try store.reader.checkpoint(of: end.key, at: end.place)
        else { return }
        let snapshot = try replay.session.snapshot(of: stored)
        findings.counts.checkpoints += 1
        if snapshot.stateDigest != found {
            findings.add(
                replay.divergence(
                    .checkpoint, at: end.sequence, position: end.position,
                    "the checkpoint holds a different state than the replay"))
        }
    }

    /// Damage and missing models end one replay; the others continue.
    private func guarding(
        _ session: Session, at sequence: UInt64, _ replay: IntervalReplay?,
        _ body: () throws -> Void
    ) throws {
        do {
            return try body()
        } catch let error as StorageError where error.code == .damaged {
            findings.add(damage(session, sequence, "\(error)"))
        } catch let error as SnapshotError {
            findings.add(damage(session, sequence, "\(error)"))
        } catch let error as MissingModelError {
            findings.counts.unreadable += 1
            findings.missingModels[error.fingerprint] = error
        }
        if let replay { drop(replay) }
    }

    private func damage(_ session: Session, _ sequence: UInt64, _ message: String) -> Divergence {
        Divergence(
            kind: .damage, stream: session.stream, incarnation: session.incarnation.number,
            sequence: sequence,
            message: message, start: .init())
    }
}
