/// Those who have asked for a checkpoint of all streams, and wait until it is done.
struct SweepRequests {
    /// For the next sweep: one that runs already may have passed what they ask for.
    private var waiting: [@Sendable () -> Void] = []
    private var running: [@Sendable () -> Void] = []

    mutating func add(_ isDone: @escaping @Sendable () -> Void) { waiting.append(isDone) }

    var areWaiting: Bool { !waiting.isEmpty }

    /// A sweep begins.
    mutating func begin() {
        running += waiting
        waiting = []
    }

    /// No sweep runs.
    mutating func end() {
        for isDone in running { isDone() }
        running = []
    }
}
