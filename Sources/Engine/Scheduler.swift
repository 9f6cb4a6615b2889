import DequeModule

/// Which streams a step advances: every ready one in turn, one token each, up to the batch limit.
///
/// It is work-conserving: a step takes what is ready and never waits for a fuller batch. A stream
/// with much text comes back to the end of the line after each token, so it holds up nobody.
struct Scheduler {
    private var ready = Deque<StreamState>()
    private let maxBatch: Int

    init(maxBatch: Int) { self.maxBatch = maxBatch }

    var isIdle: Bool { ready.isEmpty }

    mutating func enqueue(_ stream: StreamState) { ready.append(stream) }

    mutating func nextBatch() -> [StreamState] {
        let batch = Array(ready.prefix(maxBatch))
        ready.removeFirst(batch.count)
        return batch
    }
}
