import DequeModule
import Wire

/// Streams that have left a shard's table while the journal does not have that on disk yet.
struct DormantStreams {
    struct Departed {
        let intake: StreamIntake
        /// Nil if the stream has ended.
        let snapshot: StreamSnapshot?
        /// The batch that tells the journal.
        let batch: UInt64
    }

    private var streams: [StreamID: Departed] = [:]
    private var line = Deque<(batch: UInt64, stream: StreamID)>()

    subscript(id: StreamID) -> Departed? { streams[id] }

    mutating func insert(_ id: StreamID, _ departed: Departed) {
        streams[id] = departed
        line.append((departed.batch, id))
    }

    mutating func remove(_ id: StreamID) { streams[id] = nil }

    /// The store has these now.
    mutating func forget(upTo batch: UInt64) {
        while let first = line.first, first.batch <= batch {
            line.removeFirst()
            if let departed = streams[first.stream], departed.batch <= batch {
                streams[first.stream] = nil
            }
        }
        // Neither becomes smaller by itself.
        if streams.isEmpty, line.isEmpty, streams.capacity > 4096 { self = DormantStreams() }
    }
}

/// Idle streams in the order in which they became so: each once at most.
struct EvictionLine {
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
