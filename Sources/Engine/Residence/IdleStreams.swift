import DequeModule
import Wire

/// Which streams are idle and since when: what timed flushes and evictions are decided by.
struct IdleStreams {
    private var flushes: Bool
    private let evicts: Bool
    /// Inputs for streams so far.
    private var inputs: UInt64 = 0
    /// Streams whose work ran out while bytes are held back, and their activity then.
    private var heldBack: [(stream: StreamID, activity: UInt64)] = []
    /// In the order in which they became idle: each stream once at most. With another activity by
    /// now it was not idle since.
    private var evictions = Deque<(stream: StreamID, activity: UInt64, since: Double)>()
    /// Seconds of the monotonic clock, as the shard's driver last said: what idleness is measured
    /// by, so that a step of the wall clock evicts no stream and keeps none.
    var uptime = 0.0

    init(flushes: Bool, evicts: Bool) {
        self.flushes = flushes
        self.evicts = evicts
    }

    /// Something came for the stream.
    mutating func noteActivity(of stream: StreamState) {
        inputs += 1
        stream.activity.note(inputs)
    }

    /// The stream has nothing to do.
    mutating func add(_ stream: StreamState) {
        noteHeldBack(stream)
        queue(stream)
    }

    // MARK: Flushes

    private mutating func noteHeldBack(_ stream: StreamState) {
        guard flushes, stream.activity.awaitedFlush == nil, stream.work == nil,
            stream.heldBackByteCount > 0
        else { return }
        stream.activity.awaitFlush()
        heldBack.append((stream.id, stream.activity.latest))
    }

    /// Whether what is held back is forced out after a time. Streams that are idle begin to wait for
    /// that now, or wait no more.
    mutating func setFlushes(_ isOn: Bool, in table: StreamTable) {
        guard isOn != flushes else { return }
        flushes = isOn
        heldBack.removeAll()
        for stream in table.all {
            stream.activity.endAwaitingFlush()
            noteHeldBack(stream)
        }
    }

    /// Streams that have gone idle with bytes held back since this was last asked.
    mutating func takeHeldBack() -> [(stream: StreamID, activity: UInt64)] {
        defer { heldBack.removeAll() }
        return heldBack
    }

    /// Whether the stream is to be flushed: it has stayed idle since. If it has not, asks for a later
    /// time.
    mutating func endsWait(_ stream: StreamState, since activity: UInt64) -> Bool {
        guard stream.activity.awaitedFlush == activity else { return false }
        stream.activity.endAwaitingFlush()
        if stream.activity.latest == activity { return true }
        noteHeldBack(stream)
        return false
    }

    // MARK: Evictions

    /// To be evicted in its turn.
    mutating func queue(_ stream: StreamState) {
        guard evicts, stream.work == nil, !stream.activity.isInEvictionQueue else { return }
        stream.activity.enterEvictionQueue()
        evictions.append((stream.id, stream.activity.latest, uptime))
    }

    /// When the stream that has been idle for longest became so, if one may be evicted.
    var longestIdleSince: Double? { evictions.first?.since }

    /// The first of the queue, which it leaves, if it has stayed idle; else it queues again.
    mutating func takeFirst(in table: StreamTable) -> StreamState? {
        guard let next = evictions.popFirst(), let stream = table[next.stream],
            stream.activity.isInEvictionQueue
        else {
            return nil
        }
        stream.activity.leaveEvictionQueue()
        guard stream.work == nil else { return nil }
        guard stream.activity.latest == next.activity else {
            queue(stream)
            return nil
        }
        return stream
    }

    /// Drops the entries of streams that have left.
    mutating func compact(_ table: StreamTable) {
        guard evictions.count > 1024 + 4 * table.count else { return }
        // Also gives their memory back.
        evictions = Deque(
            evictions.filter { table[$0.stream]?.activity.isInEvictionQueue ?? false })
    }
}
