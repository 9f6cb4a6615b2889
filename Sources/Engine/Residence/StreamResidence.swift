import Metrics
import Threads
import Wire

/// The streams of a shard that are in memory. Without a store they leave it only by `end`.
final class StreamResidence {
    private var table: StreamTable
    private var idle: IdleStreams
    private let keys: StreamKeys
    private let statistics: EngineStatistics
    /// Streams that have left the table since memory was last given back.
    private var departures = 0
    /// Streams in the store may have requests beyond their checkpoints and not be in the table.
    private(set) var awaitsRecovery: Bool
    private var ended: (StreamID) -> Void = { _ in }

    /// - Parameters:
    ///   - evicts: there is a store that idle streams may be evicted to.
    ///   - keys: gives numbers to the incarnations that begin.
    init(
        options: EngineOptions, evicts: Bool, keys: StreamKeys, awaitsRecovery: Bool,
        statistics: EngineStatistics
    ) {
        table = StreamTable(capacity: options.maxStreams)
        idle = IdleStreams(flushes: options.idleFlush != nil, evicts: evicts)
        self.keys = keys
        self.statistics = statistics
        self.awaitsRecovery = awaitsRecovery
    }

    /// Calls this with every stream that has ended and has not begun again.
    func onEnd(_ body: @escaping (StreamID) -> Void) { ended = body }

    /// A stream has ended.
    func reportEnd(of id: StreamID) { if self[id] == nil { ended(id) } }

    /// All streams of the store that had requests left have been recovered.
    func endRecovery() { awaitsRecovery = false }

    // MARK: In memory

    subscript(id: StreamID) -> StreamState? { table[id] }
    var all: some Sequence<StreamState> { table.all }
    func residents(_ selection: StreamSelection) -> [ResidentStream] { table.residents(selection) }

    var hasFreeSlot: Bool { table.hasFreeSlot }
    func takeFreeSlot() -> Int32? { table.takeSlot() }

    func insert(_ stream: StreamState) {
        table.insert(stream)
        statistics.streams.add()
    }

    func remove(_ stream: StreamState) {
        table.remove(stream)
        departures += 1
        idle.compact(table)
        statistics.streams.add(-1)
    }

    /// Whether so many streams have left since this last said so that memory should be given back.
    func takesLeave(ofAtLeast count: Int) -> Bool {
        guard departures >= count else { return false }
        departures = 0
        return true
    }

    /// What a new incarnation is accepted by.
    ///
    /// - Parameter previous: how far the one before it was accepted; nil for the first.
    func nextIntake(after previous: StreamIntake?) -> StreamIntake {
        previous?.next(key: keys.take()) ?? StreamIntake(key: keys.take())
    }

    // MARK: Idle

    var uptime: Double {
        get { idle.uptime }
        set { idle.uptime = newValue }
    }

    func noteActivity(of stream: StreamState) { idle.noteActivity(of: stream) }
    func noteIdle(_ stream: StreamState) { idle.add(stream) }
    /// After an input that left the stream as it was.
    func noteStillIdle(_ stream: StreamState) { idle.queue(stream) }
    func takeHeldBack() -> [(stream: StreamID, activity: UInt64)] { idle.takeHeldBack() }

    func setFlushesIdle(_ isOn: Bool) { idle.setFlushes(isOn, in: table) }

    /// The stream, if it has stayed idle since and is to be flushed.
    func takeFlush(_ id: StreamID, since activity: UInt64) -> StreamState? {
        guard let stream = table[id], idle.endsWait(stream, since: activity) else { return nil }
        return stream
    }

    var longestIdleSince: Double? { idle.longestIdleSince }

    /// Looks at the stream that has been idle for longest; nil if it may not be evicted after all.
    func takeLongestIdle() -> StreamState? { idle.takeFirst(in: table) }
}
