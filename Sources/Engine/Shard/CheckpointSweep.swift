import Wire

/// The checkpointing of all streams of a shard that have changed, a few at a time.
struct CheckpointSweep {
    /// Streams that have changed since they were last part of a sweep.
    private var dirty: Set<StreamID> = []
    private(set) var shard = 0
    /// No stream of this shard has changed beside those that are part of it.
    private(set) var coversAll = true
    private var waiting: [StreamID] = []
    private var unfinished = 0
    private(set) var isRunning = false
    /// How many have covered all that was recorded before they began.
    private(set) var completed = 0

    mutating func noteDirty(_ id: StreamID) { dirty.insert(id) }
    mutating func noteClean(_ id: StreamID) { dirty.remove(id) }

    /// False if one is running.
    mutating func begin(shard: Int, coversAll: Bool) -> Bool {
        guard !isRunning else { return false }
        (isRunning, self.shard, self.coversAll) = (true, shard, coversAll)
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
        if coversAll { completed += 1 }
        waiting = []
        return true
    }
}
