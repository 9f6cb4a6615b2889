package import Wire

/// Follows each topic's sequence numbers: notices events that were published but did not arrive, and
/// those that come again, as after a crash of the daemon, which publishes anew what it cannot know to
/// have been received.
///
/// Numbers also begin anew, with a stream that has ended or a daemon without a store. So an event comes
/// again only if the connection was lost before it, and its body is the one that it had.
package struct SequenceTracker: Sendable {
    package enum Finding: Equatable, Sendable {
        /// The next one, or the first that we see of its topic.
        case inOrder
        case gap(missing: UInt64)
        /// The numbers began anew: another stream of that name, or the daemon was started again.
        case restarted
        /// It was had before.
        case repeated
    }

    /// Two generations of topics: the older one goes when the newer one is full.
    private var recent: [Topic: TopicMemory] = [:]
    private var older: [Topic: TopicMemory] = [:]
    private var recentSize = 0
    private var connection = 0

    /// Events and topics that a generation remembers: 4 bytes for an event, some hundred for a topic.
    private static let generationSize = 4 << 20
    private static let topicSize = 64

    package init() {}

    /// What comes from now on may have come before.
    package mutating func noteDisconnection() { connection += 1 }

    package mutating func note(
        _ topic: Topic, _ sequence: UInt64, body: some Sequence<UInt8>
    ) -> Finding {
        let digest = Self.digest(body)
        var finding = Finding.inOrder
        // Taken out, so that it is changed in place.
        if var memory = take(topic) {
            finding = memory.note(sequence, digest, connection)
            keep(memory, of: topic)
        } else {
            keep(TopicMemory(sequence, digest, connection), of: topic)
        }
        return finding
    }

    private mutating func take(_ topic: Topic) -> TopicMemory? {
        guard let memory = recent.removeValue(forKey: topic) else {
            return older.removeValue(forKey: topic)
        }
        recentSize -= memory.count + Self.topicSize
        return memory
    }

    private mutating func keep(_ memory: consuming TopicMemory, of topic: Topic) {
        recentSize += memory.count + Self.topicSize
        recent[topic] = memory
        if recentSize > Self.generationSize { startGeneration() }
    }

    private mutating func startGeneration() {
        older = recent
        recent = [:]
        recentSize = 0
    }

    /// FNV-1a (Fowler, Noll and Vo); never 0.
    private static func digest(_ body: some Sequence<UInt8>) -> UInt32 {
        max(1, body.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 })
    }
}

/// The latest events of one topic.
private struct TopicMemory: Sendable {
    /// Of the events from `first` on; 0 for those that did not arrive.
    private var digests: [UInt32]
    private var first: UInt64
    /// The connection by which the topic's events have all been seen, as far as they went.
    private var connection: Int

    /// As many events may come again: those of the requests that the daemon had in work.
    private static let longest = 1 << 16

    init(_ sequence: UInt64, _ digest: UInt32, _ connection: Int) {
        digests = [digest]
        first = sequence
        self.connection = connection
    }

    var count: Int { digests.count }
    private var next: UInt64 { first &+ UInt64(digests.count) }

    mutating func note(
        _ sequence: UInt64, _ digest: UInt32, _ connection: Int
    ) -> SequenceTracker.Finding {
        guard sequence >= next else { return noteEarlier(sequence, digest, connection) }
        let missing = sequence - next
        self.connection = connection
        if missing > Self.longest {
            self = TopicMemory(sequence, digest, connection)
        } else {
            digests += [UInt32](repeating: 0, count: Int(missing)) + [digest]
            forgetOldest()
        }
        return missing == 0 ? .inOrder : .gap(missing: missing)
    }

    private mutating func noteEarlier(
        _ sequence: UInt64, _ digest: UInt32, _ connection: Int
    ) -> SequenceTracker.Finding {
        if self.connection != connection, sequence >= first {
            let index = Int(sequence - first)
            if sequence + 1 == next { self.connection = connection }
            if digests[index] == digest { return .repeated }
            if digests[index] == 0 {
                digests[index] = digest
                return .inOrder
            }
        }
        self = TopicMemory(sequence, digest, connection)
        return .restarted
    }

    private mutating func forgetOldest() {
        guard digests.count > 2 * Self.longest else { return }
        first += UInt64(digests.count - Self.longest)
        digests.removeFirst(digests.count - Self.longest)
    }
}
