/// When a stream last had something to do, and what waits for it to stay idle.
struct StreamActivity {
    /// Number of its latest request among all of the shard's: it shows whether the stream stayed idle.
    private(set) var latest: UInt64 = 0
    /// When the latest input came, in seconds since 1970; nil where only the store knows.
    private(set) var lastInput: Double?
    /// The activity when an idle flush was asked for; nil if none is due to come.
    private(set) var awaitedFlush: UInt64?
    /// Whether it is among those that may be evicted.
    private(set) var isInEvictionQueue = false

    mutating func note(_ number: UInt64) { latest = number }
    mutating func noteInput(at time: Double?) { lastInput = time }

    mutating func awaitFlush() { awaitedFlush = latest }
    mutating func endAwaitingFlush() { awaitedFlush = nil }

    mutating func enterEvictionQueue() { isInEvictionQueue = true }
    mutating func leaveEvictionQueue() { isInEvictionQueue = false }
}
