import DequeModule
import Wire

/// Streams that have left the table while the journal does not have that on disk yet.
struct DormantStreams {
    struct Departed {
        let intake: StreamIntake
        /// Nil if the stream has ended.
        let snapshot: StreamSnapshot?
        /// The batch that has its departure.
        let batch: UInt64
    }

    private var streams: [StreamID: Departed] = [:]
    private var queue = Deque<(batch: UInt64, stream: StreamID)>()

    subscript(id: StreamID) -> Departed? { streams[id] }

    mutating func insert(_ id: StreamID, _ departed: Departed) {
        streams[id] = departed
        queue.append((departed.batch, id))
    }

    mutating func remove(_ id: StreamID) { streams[id] = nil }

    /// The store has these now.
    mutating func forget(upTo batch: UInt64) {
        while let first = queue.first, first.batch <= batch {
            queue.removeFirst()
            if let departed = streams[first.stream], departed.batch <= batch {
                streams[first.stream] = nil
            }
        }
        // Neither gives memory back by itself.
        if streams.isEmpty, queue.isEmpty, streams.capacity > 4096 { self = DormantStreams() }
    }
}
