import DequeModule

/// Which stream is next: all that have something to do, in turn, one token each.
///
/// It is work-conserving: a step takes what is ready and never waits for a fuller batch. A stream
/// with much text comes back to the end of the line after each token, so it holds up nobody.
struct Scheduler {
    private var ready = Deque<StreamState>()
    var isIdle: Bool { ready.isEmpty }
    var count: Int { ready.count }

    mutating func enqueue(_ stream: StreamState) { ready.append(stream) }

    mutating func remove(_ stream: StreamState) { ready.removeAll { $0 === stream } }

    mutating func next() -> StreamState? { ready.popFirst() }
}
