import Digests
import Storage
import Wire

/// What the journal has of a stream, and is to have.
struct StreamJournal {
    /// The incarnation that is being read.
    let key: StreamKey
    let incarnation: UInt64
    /// The request that is being read.
    private(set) var sequence: UInt64 = 0
    /// Its eviction was published and its return was not yet.
    private(set) var isEvicted = false
    /// Of the events so far about that request.
    private(set) var eventsDigest: [UInt8] = []

    /// Tokens of the incarnation at the latest checkpoint that is kept.
    private(set) var savedTokens: UInt64 = 0
    /// It has changed since its latest checkpoint.
    private(set) var isDirty = false
    /// The running sweep waits for a checkpoint once all requests before this one have been read.
    private(set) var sweepUntil: UInt64?
    /// Replay wants to compare the state there: so many bytes of this request's text.
    private var awaited: (sequence: UInt64, position: UInt64)?

    init(key: StreamKey, incarnation: UInt64) {
        self.key = key
        self.incarnation = incarnation
    }

    mutating func restore(_ snapshot: StreamSnapshot) {
        sequence = snapshot.sequence
        isEvicted = snapshot.isEvicted
        eventsDigest = snapshot.eventsDigest
        savedTokens = snapshot.state.incarnationTokens
    }

    // MARK: Requests

    mutating func begin(_ place: RequestPlace) { sequence = place.sequence }

    mutating func end(_ place: RequestPlace) {
        sequence = place.sequence + 1
        eventsDigest = []
    }

    mutating func note(_ change: StreamChange) { isEvicted = change == .evicted }

    /// Each digest is of the one before, the kind, and the body.
    mutating func note(_ kind: EventKind, body: [UInt8]) {
        let hasher = Digest.Hasher()
        hasher.combine(eventsDigest)
        hasher.combine(kind.topicPrefix)
        hasher.combine(body)
        eventsDigest = Array(hasher.finish().bytes.prefix(StreamSnapshot.digestByteCount))
    }

    // MARK: Checkpoints

    mutating func noteDirty() { isDirty = true }

    /// - Parameters:
    ///   - tokens: of the incarnation, where the checkpoint is kept; nil for a temporary one.
    ///   - isCurrent: all that was accepted of the stream is in the checkpoint.
    mutating func noteSaved(tokens: UInt64?, isCurrent: Bool) {
        if let tokens { savedTokens = tokens }
        isDirty = !isCurrent
    }

    mutating func awaitSweep(until sequence: UInt64) { sweepUntil = sequence }
    mutating func endSweep() { sweepUntil = nil }

    var isSweepDue: Bool { sweepUntil.map { sequence >= $0 } ?? false }

    mutating func awaitCheckpoint(sequence: UInt64, position: UInt64) {
        awaited = (sequence, position)
    }

    /// True once, where replay awaits a checkpoint.
    mutating func takeAwaited(position: UInt64) -> Bool {
        guard let awaited, awaited.sequence == sequence, awaited.position == position else {
            return false
        }
        self.awaited = nil
        return true
    }
}
