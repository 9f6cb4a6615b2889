import Engine
import Journal
import Storage
import Wire

/// What one thread verifies: takes parts of lives, reads them beside each other, and compares.
final class VerifyReader {
    private let store: SessionStore
    private let plan: VerifyPlan
    private let options: VerifyOptions
    private let voices: VerifyVoices
    private var groups: [VerifyVoice: VerifyGroup] = [:]
    private var lanes: [StreamKey: VerifyLane] = [:]
    private var nextNumber: StreamKey = 1
    /// All parts have been handed out.
    private var isDone = false
    private(set) var findings = VerifyFindings()

    init(_ store: SessionStore, _ plan: VerifyPlan, _ options: VerifyOptions) throws {
        self.store = store
        self.plan = plan
        self.options = options
        voices = try VerifyVoices(store.reader)
    }

    func takeFindings() -> VerifyFindings {
        defer { findings = VerifyFindings() }
        return findings
    }

    /// One token of every part that is being read. False when there is no more.
    func step() throws -> Bool {
        try fill()
        for group in groups.values {
            for entry in group.step() { try take(entry) }
            for (id, damage) in group.takeDamages() { take(damage, of: id) }
        }
        return !lanes.isEmpty || !isDone
    }

    // MARK: Parts

    private func fill() throws {
        while lanes.count < options.batch, !isDone {
            guard let interval = try plan.next(store.reader) else {
                isDone = true
                return
            }
            findings.counts.intervals += 1
            let session = Session(store, interval.status)
            var lane: VerifyLane?
            try guarding(session, at: interval.start?.sequence ?? 0, nil) {
                lane = try begin(interval, session)
            }
            guard let lane else { continue }
            try guarding(session, at: lane.start.sequence, lane) { try readNext(lane) }
        }
    }

    private func begin(_ interval: VerifyInterval, _ session: Session) throws -> VerifyLane? {
        let beginning = try beginning(of: interval, session)
        var feed = RequestFeed(session, from: beginning.sequence)
        guard let first = try feed.peek() else { return nil }
        let lane = VerifyLane(
            nextNumber, id: try StreamID("\(nextNumber)"), interval, session,
            from: beginning.snapshot, feed: feed, group: try group(for: first, after: nil))
        try install(lane, beginning.snapshot)
        nextNumber += 1
        lanes[lane.number] = lane
        return lane
    }

    /// A temporary checkpoint may have made room for a later one.
    private func beginning(
        of interval: VerifyInterval, _ session: Session
    ) throws -> Session.Beginning {
        guard let start = interval.start else { return .init() }
        let stored = try store.reader.checkpoint(
            of: start.key, sequence: start.sequence, position: start.position)
        guard let stored else { return try session.beginning(of: .request(start.sequence)) }
        return .init(try session.snapshot(of: stored))
    }

    private func group(for request: SessionRequest, after last: VerifyVoice?) throws -> VerifyGroup
    {
        let voice = voices.voice(for: request, after: last)
        if let group = groups[voice] { return group }
        let group = try VerifyGroup(voice, model: store, options: options)
        groups[voice] = group
        return group
    }

    private func install(_ lane: VerifyLane, _ snapshot: StreamSnapshot?) throws {
        _ = try lane.group.shard.install(
            lane.id, snapshot, key: lane.number, life: lane.session.life.number,
            name: lane.session.stream)
    }

    private func drop(_ lane: VerifyLane) {
        lane.group.shard.remove(lane.id)
        lanes[lane.number] = nil
    }

    // MARK: Requests

    /// - Parameter state: the digest of the state that the request before led to; nil before the first.
    ///   A stream that has ended has no other.
    private func readNext(_ lane: VerifyLane, after state: [UInt8]? = nil) throws {
        if let end = lane.interval.end, end.sequence == lane.nextSequence, end.position == 0 {
            let found = state ?? lane.group.shard.snapshot(of: lane.id)?.stateDigest
            try compare(lane, found, to: end)
            return drop(lane)
        }
        guard let next = try lane.feed.peek(),
            next.record.sequence < lane.interval.status.nextSequence
        else { return drop(lane) }
        _ = try lane.feed.take()
        try move(lane, for: next)
        lane.current = next
        var record = next.record
        record.key = lane.number
        if let end = lane.interval.end, end.sequence == record.sequence {
            lane.awaitsCheckpoint = true
            lane.group.shard.awaitCheckpoint(
                of: lane.id, sequence: end.sequence, position: end.position)
        }
        lane.group.shard.replay(
            record, of: lane.id, life: lane.session.life.number,
            audience: next.audience ?? Audience(), position: lane.position,
            outcome: next.outcome)
        lane.position = 0
    }

    /// To where this request is read, if that is elsewhere.
    private func move(_ lane: VerifyLane, for request: SessionRequest) throws {
        let group = try group(for: request, after: lane.group.voice)
        guard group !== lane.group else { return }
        let snapshot = lane.group.shard.snapshot(of: lane.id)
        lane.group.shard.remove(lane.id)
        lane.group = group
        try install(lane, snapshot)
    }

    // MARK: Comparing

    private func take(_ entry: StorageRecord) throws {
        switch entry {
        case .outcome(let outcome):
            guard let lane = lanes[outcome.key] else { return }
            try guarding(lane.session, at: outcome.sequence, lane) { try compare(lane, outcome) }
        case .checkpoint(let checkpoint):
            guard let lane = lanes[checkpoint.key], let end = lane.interval.end else { return }
            count(lane, upTo: checkpoint.tokens)
            try guarding(lane.session, at: checkpoint.sequence, lane) {
                let found = try StreamSnapshot(decoding: checkpoint.snapshot)
                try compare(lane, found.stateDigest, to: end)
            }
            drop(lane)
        default: return
        }
    }

    /// What was read leads to no state.
    private func take(_ damage: Refusal, of id: StreamID) {
        guard let lane = lanes.values.first(where: { $0.id == id }) else { return }
        findings.add(
            self.damage(
                lane.session, lane.current?.record.sequence ?? lane.start.sequence,
                damage.message))
        lanes[lane.number] = nil
    }

    private func compare(_ lane: VerifyLane, _ found: OutcomeRecord) throws {
        guard let request = lane.current else { return }
        findings.counts.requests += 1
        // A snapshot that was put brings the tokens of another life.
        if request.record.operation != .put { count(lane, upTo: found.tokens) }
        lane.tokens = found.tokens
        guard isEqual(lane, found, to: request.outcome) else { return drop(lane) }
        guard !lane.awaitsCheckpoint else {
            findings.add(
                lane.divergence(
                    .checkpoint, at: found.sequence, position: lane.interval.end?.position ?? 0,
                    "it stands within a text at a byte where no token ends"))
            return drop(lane)
        }
        try readNext(lane, after: found.stateDigest)
    }

    private func count(_ lane: VerifyLane, upTo tokens: UInt64) {
        findings.counts.tokens += Int(tokens - min(lane.tokens, tokens))
    }

    /// Whether the states are: what follows from another state need not be looked at.
    private func isEqual(
        _ lane: VerifyLane, _ found: OutcomeRecord, to stored: OutcomeRecord?
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
                lane.divergence(
                    .state, at: found.sequence,
                    "the state after it is another than was recorded"))
            return false
        }
        guard let events = stored.eventsDigest, Audience(stored.audience) != nil else {
            findings.counts.withoutEvents += 1
            return true
        }
        findings.counts.events += 1
        if events != found.eventsDigest {
            findings.add(
                lane.divergence(
                    .events, at: found.sequence,
                    "what is published about it is another than was recorded"))
        }
        return true
    }

    /// - Parameter found: the digest of the state that reading leads to.
    private func compare(
        _ lane: VerifyLane, _ found: [UInt8]?, to end: CheckpointRecord
    ) throws {
        // Gone if it was a temporary one, and the daemon has made another since.
        guard
            let stored = try store.reader.checkpoint(
                of: end.key, sequence: end.sequence, position: end.position)
        else { return }
        let snapshot = try lane.session.snapshot(of: stored)
        findings.counts.checkpoints += 1
        if snapshot.stateDigest != found {
            findings.add(
                lane.divergence(
                    .checkpoint, at: end.sequence, position: end.position,
                    "the state that the checkpoint holds is another than reading leads to"))
        }
    }

    /// What is damaged, or whose model is missing, does not keep the rest from being read.
    private func guarding(
        _ session: Session, at sequence: UInt64, _ lane: VerifyLane?, _ body: () throws -> Void
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
        if let lane { drop(lane) }
    }

    private func damage(_ session: Session, _ sequence: UInt64, _ message: String) -> Divergence {
        Divergence(
            kind: .damage, stream: session.stream, life: session.life.number, sequence: sequence,
            message: message, start: .init())
    }
}
