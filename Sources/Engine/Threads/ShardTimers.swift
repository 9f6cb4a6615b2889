import Dispatch

/// What a shard does by the monotonic clock: idle flushes, evictions, and checkpoints.
struct ShardTimers {
    private var flushes: IdleFlushes
    private var evictAfter: Double?
    private let sweepEvery: Double
    private var nextSweep: DispatchTime
    private var nextEviction = DispatchTime.distantFuture
    private let checkpoints: Bool
    /// When the latest sweep began.
    private(set) var sweepBegan = DispatchTime.now()

    init(_ options: EngineOptions) {
        flushes = IdleFlushes(after: options.idleFlush)
        evictAfter = options.evictAfter.map { $0 / .seconds(1) }
        sweepEvery = options.checkpointEvery / .seconds(1)
        checkpoints = options.checkpoints
        nextSweep = checkpoints ? .now() + sweepEvery : .distantFuture
    }

    /// From now on other times apply, also to streams that are idle already.
    mutating func set(_ times: IdleTimes, in shard: Shard) {
        evictAfter = times.evict.map { $0 / .seconds(1) }
        nextEviction = .distantFuture
        flushes.set(after: times.flush)
        shard.setFlushesIdle(times.flush != nil)
    }

    var nextDeadline: DispatchTime { min(flushes.nextDeadline, nextSweep, nextEviction) }

    /// True if there is more to do at once.
    mutating func carryOutDue(in shard: Shard, index: Int) -> Bool {
        flushes.add(shard.takeHeldBack())
        flushes.carryOutDue(in: shard)
        if nextSweep <= .now() || shard.mustSweep {
            if !shard.isSweeping { sweepBegan = .now() }
            shard.beginSweep(shard: index)
            if checkpoints { nextSweep = .now() + sweepEvery }
        }
        shard.continueSweep()
        shard.answerSweepRequests()
        return evict(in: shard) || shard.hasSweepLeft || shard.mustSweep
    }

    private mutating func evict(in shard: Shard) -> Bool {
        guard let evictAfter else { return false }
        let hasMore = shard.evictIdle(before: shard.uptime - evictAfter)
        nextEviction =
            shard.longestIdleSince.map { .now() + max(0, $0 + evictAfter - shard.uptime) + 0.001 }
            ?? .distantFuture
        return hasMore
    }
}
