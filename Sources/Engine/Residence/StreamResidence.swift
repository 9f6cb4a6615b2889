import Model
import Storage
import Threads
import Wire

/// Where the streams of a shard are: in memory, or in the store until their next input.
///
/// Without a store there is only the table, and streams leave it only by `end`.
final class StreamResidence {
    private var table: StreamTable
    private var idle: IdleStreams
    private let absent: AbsentStreams
    private let keys: StreamKeys
    private let statistics: EngineStatistics
    /// Streams that have left the table since memory was last given back.
    private var departures = 0
    /// Streams in the store may have requests beyond their checkpoints and not be in the table.
    private(set) var awaitsRecovery: Bool

    /// - Parameters:
    ///   - store: what streams are restored from; nil where nothing is stored.
    ///   - keys: gives numbers to the incarnations that begin.
    init(
        options: EngineOptions, model: Fingerprint, store: (any StorageReader)?, keys: StreamKeys,
        awaitsRecovery: Bool, statistics: EngineStatistics
    ) {
        table = StreamTable(capacity: options.maxStreams)
        idle = IdleStreams(flushes: options.idleFlush != nil, evicts: store != nil)
        absent = AbsentStreams(store: store, model: model)
        self.keys = keys
        self.statistics = statistics
        self.awaitsRecovery = awaitsRecovery
    }

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
        absent.remove(stream.id)
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

    /// The stream, if it has stayed idle since and is to be flushed.
    func takeFlush(_ id: StreamID, since activity: UInt64) -> StreamState? {
        guard let stream = table[id], idle.endsWait(stream, since: activity) else { return nil }
        return stream
    }

    var longestIdleSince: Double? { idle.longestIdleSince }

    /// Looks at the stream that has been idle for longest; nil if it may not be evicted after all.
    func takeLongestIdle() -> StreamState? { idle.takeFirst(in: table) }

    // MARK: In the store

    var hasStore: Bool { absent.hasStore }
    var failure: (any Error)? { absent.failure }
    func failForRoom(for id: StreamID) { absent.failForRoom(for: id) }
    func onStall(_ body: @escaping (StorageError?) -> Bool) { absent.onStall(body) }

    /// - Throws: why the stream is stopped.
    func stored(_ id: StreamID) throws(Refusal) -> StoredStream? { try absent.find(id) }

    /// - Throws: why the stream is stopped.
    func lastIntake(of id: StreamID) throws(Refusal) -> StreamIntake? {
        try absent.lastIntake(of: id)
    }

    func depart(_ id: StreamID, _ intake: StreamIntake, _ snapshot: StreamSnapshot?, batch: UInt64)
    {
        absent.add(id, intake, snapshot, batch: batch)
    }

    func forgetDormant(committed batch: UInt64) { absent.forget(committed: batch) }

    // MARK: Stopped

    var damages: [StreamID: Refusal] { absent.damages }
    func noteDamage(_ id: StreamID, _ damage: Refusal) { absent.noteDamage(id, damage) }
    func takeDamages() -> [StreamID: Refusal] { absent.takeDamages() }
}
