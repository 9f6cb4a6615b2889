import DequeModule

/// Which stream is next: all that have something to do, in turn, and the same number of tokens each.
///
/// It is work-conserving: a step takes what is ready and never waits for a fuller batch. A stream
/// with much text comes back to the end of the line after each step, so it holds up nobody.
struct Scheduler {
    private var ready = Deque<StreamState>()
    var isIdle: Bool { ready.isEmpty }
    var count: Int { ready.count }

    /// Tokens of a step that is shared out when few streams are ready: enough that reading the
    /// weights is not what takes the time, and few enough that whoever comes meanwhile waits little.
    private static let sharedTokens = 16

    /// Most tokens that a step takes of each of its streams: one, unless they are few.
    static func tokensEach(ready: Int, maxBatch: Int) -> Int {
        max(1, min(sharedTokens, maxBatch) / ready)
    }

    mutating func enqueue(_ stream: StreamState) { ready.append(stream) }

    mutating func remove(_ stream: StreamState) { ready.removeAll { $0 === stream } }

    mutating func next() -> StreamState? { ready.popFirst() }
}
