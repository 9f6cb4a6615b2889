import DequeModule
import Wire

/// Idle streams in the order in which they became so: each once at most.
struct EvictionQueue {
    struct Entry {
        let stream: StreamID
        /// The stream's activity then; another one now says that it was not idle since.
        let activity: UInt64
        /// Seconds of the monotonic clock.
        let since: Double
    }

    private var entries = Deque<Entry>()

    var first: Entry? { entries.first }
    mutating func append(_ entry: Entry) { entries.append(entry) }
    mutating func removeFirst() { entries.removeFirst() }

    var count: Int { entries.count }

    /// Leaves out all others, and gives their memory back.
    mutating func keep(_ isKept: (Entry) -> Bool) { entries = Deque(entries.filter(isKept)) }
}
